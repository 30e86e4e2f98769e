//! Who owns which outlet.

/// The owners of outlets: outlets of one owner report as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners(Vec<(String, String)>);

impl Owners {
    /// Outlets and their owners; an outlet of no known owner need not be among them.
    pub fn new(mut owned: Vec<(String, String)>) -> Self {
        owned.sort_unstable();
        Self(owned)
    }

    /// How many report independently, of those who wrote some reports: distinct owners, where an outlet of no known owner is
    /// its own, and each report of an unknown outlet (an empty name) counts as one.
    ///
    /// ```
    /// use samestory::model::Owners;
    ///
    /// let owners = ["North", "South"].map(|outlet| (outlet.to_owned(), "Press Group".to_owned()));
    /// let owners = Owners::new(owners.to_vec());
    /// assert_eq!(owners.independent(["North", "East", "South", "", "", "East"].into_iter()), 4);
    /// ```
    pub fn independent<'a>(&'a self, outlets: impl Iterator<Item = &'a str>) -> usize {
        let (mut owners, mut unknown) = (Vec::new(), 0);
        for outlet in outlets {
            match outlet {
                "" => unknown += 1,
                _ => owners.push(self.of(outlet)),
            }
        }
        owners.sort_unstable();
        owners.dedup();
        owners.len() + unknown
    }

    fn of<'a>(&'a self, outlet: &'a str) -> &'a str {
        let found = self.0.binary_search_by(|(name, _)| name.as_str().cmp(outlet));
        found.map_or(outlet, |i| &self.0[i].1)
    }
}

impl Default for &Owners {
    /// Nobody is known to own an outlet.
    fn default() -> Self {
        static NONE: Owners = Owners(Vec::new());
        &NONE
    }
}
