//! The 79 municipalities of Estonia.
//!
//! Codes, names and counties: the classification of administrative units (EHAK), data of Maa-amet as
//! of 2018-10-01, free to use with this attribution.

/// A municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Municipality {
    /// Its EHAK code.
    pub(super) ehak: &'static str,
    /// Its name: `Elva vald`.
    pub(super) name: &'static str,
    /// Its county: `Tartu maakond`.
    pub(super) county: &'static str,
}

/// All municipalities, in order of their codes.
pub(super) fn all() -> impl Iterator<Item = Municipality> {
    include_str!("municipalities.tsv").lines().filter(|line| !line.starts_with(['#', 'e'])).filter_map(|line| {
        let mut columns = line.split('\t');
        let (ehak, name) = (columns.next()?, columns.next()?);
        let county = columns.nth(2)?;
        Some(Municipality { ehak, name, county })
    })
}

/// The municipality with this code.
pub(super) fn find(ehak: &str) -> Option<Municipality> {
    all().find(|municipality| municipality.ehak == ehak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_79() {
        assert_eq!(all().count(), 79);
        assert_eq!(all().filter(|m| m.name.ends_with("linn")).count(), 15);
        assert!(all().all(|m| m.ehak.len() == 4 && m.county.ends_with(" maakond")));
    }

    #[test]
    fn elva_is_in_tartu_county() {
        let elva = find("0171").expect("there");
        assert_eq!((elva.name, elva.county), ("Elva vald", "Tartu maakond"));
    }
}
