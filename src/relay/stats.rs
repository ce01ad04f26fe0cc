//! How many submissions, and how satisfied people were: by month, form, service and page.

use std::collections::BTreeMap;

use super::store::Measure;

/// One month of one form, service and page.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub(crate) struct Line {
    pub(crate) month: String,
    pub(crate) form: String,
    pub(crate) service: String,
    pub(crate) page: String,
    pub(crate) count: i64,
    /// How many gave a rating.
    pub(crate) rated: i64,
    /// The mean of what they gave, 1 to 5.
    pub(crate) mean: Option<f64>,
}

/// The measures, with the ratings of each summed up.
pub(crate) fn lines(measures: &[Measure]) -> Vec<Line> {
    let mut sums: BTreeMap<_, (i64, i64, i64)> = BTreeMap::new();
    for one in measures {
        let sum = sums.entry((&one.month, &one.form, &one.service, &one.page)).or_default();
        sum.0 += one.count;
        if one.rating > 0 {
            sum.1 += one.count;
            sum.2 += one.count * one.rating;
        }
    }
    let line =
        |((month, form, service, page), (count, rated, points)): ((&String, &String, &String, &String), _)| Line {
            month: month.clone(),
            form: form.clone(),
            service: service.clone(),
            page: page.clone(),
            count,
            rated,
            #[expect(clippy::cast_precision_loss, reason = "a mean of a few thousand")]
            mean: (rated > 0).then(|| points as f64 / rated as f64),
        };
    sums.into_iter().map(line).collect()
}

/// The lines that may be shown in public: those with ratings, of so many people that none stands out.
pub(crate) fn public(measures: &[Measure]) -> Vec<Line> {
    lines(measures).into_iter().filter(|line| line.rated >= FEWEST).collect()
}

/// Fewer ratings of a page in a month are not shown in public.
const FEWEST: i64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(page: &str, rating: i64, count: i64) -> Measure {
        let text = ToOwned::to_owned;
        Measure { month: text("2026-11"), form: text("feedback"), page: text(page), service: text(""), rating, count }
    }

    #[test]
    fn ratings_have_a_mean_and_few_of_them_stay_private() {
        let measures = [measure("/a", 0, 3), measure("/a", 5, 3), measure("/a", 2, 3), measure("/b", 1, 1)];
        let all = lines(&measures);
        assert_eq!((all[0].count, all[0].rated, all[0].mean), (9, 6, Some(3.5)));
        assert_eq!(public(&measures), all[..1]);
    }
}
