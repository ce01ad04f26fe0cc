//! When a question is asked: `show_if = { field = "owner", is = "company" }`.

use serde::{Deserialize, Serialize};

/// A condition on answers given before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The answer is, or has among its values, one of these.
    Is {
        /// The question's name.
        field: String,
        /// The values.
        values: Vec<String>,
    },
    /// The answer is none of these; also when there is no answer.
    Not {
        /// The question's name.
        field: String,
        /// The values.
        values: Vec<String>,
    },
    /// There is an answer, or (`given: false`) there is none.
    Given {
        /// The question's name.
        field: String,
        /// Whether there is to be one.
        given: bool,
    },
    /// All of these hold.
    All(Vec<Condition>),
    /// One of these holds.
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether it holds. `answers` gives the values of a question that is asked and answered, and none
    /// for any other.
    pub fn holds<'a>(&self, answers: &dyn Fn(&str) -> Vec<&'a str>) -> bool {
        match self {
            Self::Is { field, values } => answers(field).iter().any(|&answer| values.iter().any(|v| v == answer)),
            Self::Not { field, values } => !answers(field).iter().any(|&answer| values.iter().any(|v| v == answer)),
            Self::Given { field, given } => answers(field).is_empty() != *given,
            Self::All(all) => all.iter().all(|condition| condition.holds(answers)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(answers)),
        }
    }

    /// The names of the questions that it looks at.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Is { field, .. } | Self::Not { field, .. } | Self::Given { field, .. } => vec![field],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
        }
    }

    /// Either of both, as a list of cases in each of which every part holds. At most `limit` cases.
    pub(super) fn cases(&self, limit: usize) -> Vec<Vec<&Condition>> {
        match self {
            Self::Any(parts) => parts.iter().flat_map(|part| part.cases(limit)).take(limit).collect(),
            Self::All(parts) => parts.iter().fold(vec![Vec::new()], |cases, part| {
                let added = part.cases(limit);
                let joined =
                    cases.iter().flat_map(|case| added.iter().map(move |more| [&case[..], &more[..]].concat()));
                joined.take(limit).collect()
            }),
            single => vec![vec![single]],
        }
    }
}
