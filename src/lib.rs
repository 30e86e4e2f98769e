//! Which news articles tell the same story.
pub mod kernel;
pub mod text;
pub mod model;
pub mod params;
pub mod stages;
pub mod read;
pub mod report;
pub mod pipeline;
pub mod cli;
