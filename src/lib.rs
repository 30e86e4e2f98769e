//! Which news articles tell the same story.
pub mod cli;
pub mod kernel;
pub mod model;
pub mod params;
pub mod pipeline;
pub mod read;
pub mod report;
pub mod stages;
pub mod text;
