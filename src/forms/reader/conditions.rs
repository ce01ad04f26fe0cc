//! Conditions that cannot do what they seem to: of unknown questions, in a circle, never true.

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
use crate::{
    diagnostics::Diagnostic,
    forms::{Condition, Field, Form, Kind},
};

/// No form needs more cases than this; what is beyond is not looked at.
const CASES: usize = 256;

/// A question or a step with the condition that it stands under.
struct Asked<'a> {
    path: String,
    group: Option<&'a str>,
    condition: Option<&'a Condition>,
    field: Option<&'a Field>,
    /// The index of the step or group that it stands in.
    parent: Option<usize>,
}

/// Checks all conditions of a form.
pub(super) fn check(form: &Form, places: &[Place], out: &mut Vec<Diagnostic>) {
    let checker = Checker { all: in_order(form), places };
    let before = out.len();
    for index in 0..checker.all.len() {
        checker.names(index, out);
    }
    // What follows makes sense only of conditions on questions that are there, and are asked before.
    if out.len() == before {
        for index in 0..checker.all.len() {
            checker.reachable(index, out);
        }
    }
}

/// Everything that may have a condition, in the order in which it is asked.
fn in_order(form: &Form) -> Vec<Asked<'_>> {
    let mut all = Vec::new();
    for (number, step) in form.steps.iter().enumerate() {
        let step_index = all.len();
        let condition = step.show_if.as_ref();
        all.push(Asked { path: format!("#{number}"), group: None, condition, field: None, parent: None });
        for field in &step.fields {
            let index = all.len();
            let condition = field.show_if.as_ref();
            let (path, parent) = (field.name.clone(), Some(step_index));
            all.push(Asked { path, group: None, condition, field: Some(field), parent });
            for inner in &field.fields {
                let (path, group) = (format!("{}.{}", field.name, inner.name), Some(field.name.as_str()));
                let condition = inner.show_if.as_ref();
                all.push(Asked { path, group, condition, field: Some(inner), parent: Some(index) });
            }
        }
    }
    all
}

struct Checker<'a> {
    all: Vec<Asked<'a>>,
    places: &'a [Place],
}

impl<'a> Checker<'a> {
    /// The question that a condition of `asked` names.
    fn find(&self, asked: &Asked, name: &str) -> Option<usize> {
        let path = |path: &str| self.all.iter().position(|other| other.field.is_some() && other.path == path);
        asked.group.and_then(|group| path(&format!("{group}.{name}"))).or_else(|| path(name))
    }

    fn report(&self, asked: &Asked, diagnostic: Diagnostic, out: &mut Vec<Diagnostic>) {
        let place = self.places.iter().find(|place| place.path == asked.path);
        out.push(match place.and_then(|place| place.show_if.clone()) {
            Some(at) => diagnostic.at(at),
            None => diagnostic,
        });
    }

    /// Every question that is named is there, is asked before, and can have the values.
    fn names(&self, index: usize, out: &mut Vec<Diagnostic>) {
        let asked = &self.all[index];
        let Some(condition) = asked.condition else { return };
        for case in condition.cases(CASES) {
            for part in case {
                let (name, values) = match part {
                    Condition::Is { field, values } | Condition::Not { field, values } => (field, values.as_slice()),
                    Condition::Given { field, .. } => (field, [].as_slice()),
                    Condition::All(_) | Condition::Any(_) => continue,
                };
                self.name(index, name, values, out);
            }
        }
    }

    fn name(&self, index: usize, name: &str, values: &[String], out: &mut Vec<Diagnostic>) {
        let asked = &self.all[index];
        let Some(found) = self.find(asked, name) else {
            let names = self.all.iter().filter_map(|other| other.field).map(|field| field.name.as_str());
            let problem = Diagnostic::new("forms.condition-unknown").arg("field", name).suggest(name, names);
            return self.report(asked, problem, out);
        };
        if self.leads_to(found, index, &mut BTreeSet::new()) {
            return self.report(asked, Diagnostic::new("forms.condition-circle").arg("field", name), out);
        }
        if found > index {
            return self.report(asked, Diagnostic::new("forms.condition-later").arg("field", name), out);
        }
        let Some(universe) = self.all[found].field.and_then(universe) else { return };
        for value in values.iter().filter(|value| !universe.contains(value.as_str())) {
            let problem = Diagnostic::new("forms.condition-value").arg("field", name).arg("value", value);
            self.report(asked, problem.suggest(value, universe.iter().copied()), out);
        }
    }

    /// Whether the condition of `from` depends, directly or not, on `to`.
    fn leads_to(&self, from: usize, to: usize, seen: &mut BTreeSet<usize>) -> bool {
        if from == to {
            return true;
        }
        if !seen.insert(from) {
            return false;
        }
        let asked = &self.all[from];
        let named = asked.condition.map(Condition::fields).unwrap_or_default();
        let next = named.into_iter().filter_map(|name| self.find(asked, name)).chain(asked.parent);
        next.collect::<Vec<_>>().into_iter().any(|next| self.leads_to(next, to, seen))
    }

    /// Whether there are answers with which the question is asked.
    fn reachable(&self, index: usize, out: &mut Vec<Diagnostic>) {
        let asked = &self.all[index];
        if asked.condition.is_none() {
            return;
        }
        let cases = self.cases(index);
        if cases.len() < CASES && !cases.iter().any(|case| self.possible(case)) {
            self.report(asked, Diagnostic::new("forms.condition-never"), out);
        }
    }

    /// The cases in which a question is asked: its own condition, that of what it stands in, and that of
    /// the questions whose answers it needs.
    fn cases(&self, index: usize) -> Vec<Vec<(usize, &'a Condition)>> {
        let asked = &self.all[index];
        let parents = asked.parent.map_or_else(|| vec![Vec::new()], |parent| self.cases(parent));
        let Some(condition) = asked.condition else { return parents };
        let mut out = Vec::new();
        for own in condition.cases(CASES) {
            let mut cases = parents.clone();
            for part in own {
                let Some(found) = part.fields().first().and_then(|name| self.find(asked, name)) else { continue };
                let needs_answer = matches!(part, Condition::Is { .. } | Condition::Given { given: true, .. });
                let before = if needs_answer { self.cases(found) } else { vec![Vec::new()] };
                cases = cases
                    .iter()
                    .flat_map(|case| before.iter().map(move |more| [&case[..], &more[..], &[(found, part)]].concat()))
                    .take(CASES)
                    .collect();
            }
            out.extend(cases);
        }
        out.truncate(CASES);
        out
    }

    /// Whether one question can have an answer that fits all parts of a case.
    fn possible(&self, case: &[(usize, &Condition)]) -> bool {
        let mut allowed: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let mut empty: BTreeMap<usize, bool> = BTreeMap::new();
        for (found, part) in case {
            let Some(field) = self.all[*found].field else { continue };
            // Several answers at once can fit several parts.
            if field.kind == Kind::Choices {
                continue;
            }
            let left = universe(field).map(|universe| allowed.entry(*found).or_insert(universe));
            match (part, left) {
                (Condition::Is { values, .. }, Some(left)) => left.retain(|value| values.iter().any(|v| v == value)),
                (Condition::Not { values, .. }, Some(left)) => left.retain(|value| !values.iter().any(|v| v == value)),
                (Condition::Given { given, .. }, _)
                    if empty.insert(*found, !given).is_some_and(|before| before == *given) =>
                {
                    return false;
                }
                _ => {}
            }
            // No answer at all fits a "not", but not an "is".
            if matches!(part, Condition::Is { .. }) && empty.insert(*found, false) == Some(true) {
                return false;
            }
        }
        allowed.iter().all(|(found, left)| !left.is_empty() || empty.get(found) != Some(&false))
    }
}

/// The values that an answer can have, where they are known.
fn universe(field: &Field) -> Option<BTreeSet<&str>> {
    match field.kind {
        Kind::YesNo | Kind::Declaration => Some(BTreeSet::from(["yes", "no"])),
        Kind::Choice | Kind::Choices => Some(field.choices.iter().map(|choice| choice.value.as_str()).collect()),
        _ => None,
    }
}
