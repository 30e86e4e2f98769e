//! Columns of the user's own.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// The values of columns that the user asked to carry through, by the names of these. Spelled, it is a map from name to
/// value. Most articles have none, and then it is as small as a pointer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept(Option<Box<Columns>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Columns {
    /// Many articles have the same.
    names: Arc<[String]>,
    values: Box<[String]>,
}

impl Kept {
    /// The values of some columns, in the order of their names; nothing where all are empty.
    pub fn new(names: &Arc<[String]>, values: Vec<String>) -> Self {
        let any = values.iter().any(|value| !value.is_empty());
        let columns = || Box::new(Columns { names: names.clone(), values: values.into() });
        Self(any.then(columns))
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value in the column of this name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.all().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The values, in the order of their columns; none where all are empty.
    pub fn values(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |columns| &columns.values)
    }

    /// Holds the names together with the article that had `recent` ones, where they are the same.
    pub fn share(&mut self, recent: &mut Arc<[String]>) {
        if let Some(columns) = &mut self.0 {
            if columns.names == *recent {
                columns.names = recent.clone();
            } else {
                *recent = columns.names.clone();
            }
        }
    }

    /// Each column and its value.
    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let columns = self.0.iter();
        let all = columns.flat_map(|columns| columns.names.iter().zip(&columns.values));
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.all())
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Kept;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a map from column to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kept, A::Error> {
                let (mut names, mut values) = (Vec::new(), Vec::new());
                while let Some((name, value)) = map.next_entry()? {
                    names.push(name);
                    values.push(value);
                }
                Ok(Kept::new(&names.into(), values))
            }
        }
        from.deserialize_map(Map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_names() {
        let names: Arc<[String]> = ["desk".to_owned(), "beat".to_owned()].into();
        let kept = Kept::new(&names, vec![String::new(), "sea".to_owned()]);
        assert_eq!(["desk", "beat", "none"].map(|name| kept.get(name)), ["", "sea", ""]);
        let (mut read, mut recent) =
            (Kept::new(&names.to_vec().into(), kept.values().to_vec()), names);
        read.share(&mut recent);
        assert_eq!(read, kept);
        assert!(Arc::ptr_eq(&read.0.unwrap().names, &kept.0.unwrap().names));
    }

    #[test]
    fn an_article_without_columns_is_no_larger_for_them() {
        assert_eq!(size_of::<Kept>(), size_of::<usize>());
        assert!(Kept::new(&["desk".to_owned()].into(), vec![String::new()]).is_empty());
        assert!(Kept::default().values().is_empty());
    }
}
