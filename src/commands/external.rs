//! `raekoda check --external`: whether the links to other sites still work. Each site is asked one thing at a
//! time with a pause, answers are kept for a week, and what is not sure is not called broken.

use std::{collections::BTreeMap, thread, time::Duration};

use rayon::prelude::*;

use crate::{check::Inspector, diagnostics::Diagnostic, output::Cache};

/// How long an answer is believed, in seconds.
const WEEK: i64 = 7 * 24 * 3600;
/// The pause between two questions to one site.
const PAUSE: Duration = Duration::from_millis(800);
const PATIENCE: Duration = Duration::from_secs(15);

/// What a site answered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Verdict {
    Fine,
    Moved(String),
    Broken(String),
    Unsure(String),
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    at: i64,
    verdict: Verdict,
}

/// Asks for all addresses that the inspected pages name. `now` is in seconds since 1970.
pub(super) fn check(inspector: &Inspector<'_>, cache: &Cache, now: i64) -> Vec<Diagnostic> {
    let mut hosts: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (link, page) in inspector.outside() {
        let host = link.split('/').nth(2).unwrap_or_default().to_lowercase();
        hosts.entry(host).or_default().push((link, page));
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("raekoda/", env!("CARGO_PKG_VERSION"), " (link check)"))
        .build()
        .into();
    let hosts: Vec<_> = hosts.into_values().collect();
    let found: Vec<Vec<Diagnostic>> = hosts
        .into_par_iter()
        .map(|links| {
            let mut found = Vec::new();
            for (link, page) in links {
                let verdict = verdict(&agent, cache, &link, now);
                if let Some(finding) = finding(&link, &verdict) {
                    found.push(inspector.at_page(finding, &page, &link));
                }
            }
            found
        })
        .collect();
    found.concat()
}

fn verdict(agent: &ureq::Agent, cache: &Cache, link: &str, now: i64) -> Verdict {
    let kept = cache.get(link).and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
    if let Some(kept) = kept.filter(|kept| (0..WEEK).contains(&(now - kept.at))) {
        return kept.verdict;
    }
    let verdict = ask(agent, link);
    if let Ok(bytes) = serde_json::to_vec(&Kept { at: now, verdict: verdict.clone() }) {
        // Without the cache the next check asks again.
        let _ = cache.put(link, &bytes);
    }
    thread::sleep(PAUSE);
    verdict
}

fn ask(agent: &ureq::Agent, link: &str) -> Verdict {
    let address = link.split('#').next().unwrap_or(link);
    let head = agent.head(address).call();
    // Many servers know no HEAD.
    let answer = match &head {
        Ok(answer) if matches!(answer.status().as_u16(), 200..=399 | 404 | 410) => head,
        _ => agent.get(address).call(),
    };
    match answer {
        Ok(answer) => {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            judge(answer.status().as_u16(), to)
        }
        Err(ureq::Error::HostNotFound) => Verdict::Broken("DNS".to_owned()),
        Err(error) => Verdict::Unsure(error.to_string()),
    }
}

/// Only what is gone is broken; a refusal may be meant for programs alone.
fn judge(status: u16, to: &str) -> Verdict {
    match status {
        200..=299 => Verdict::Fine,
        301 | 308 if to.starts_with("http") => Verdict::Moved(to.to_owned()),
        300..=399 => Verdict::Fine,
        404 | 410 => Verdict::Broken(status.to_string()),
        _ => Verdict::Unsure(status.to_string()),
    }
}

fn finding(link: &str, verdict: &Verdict) -> Option<Diagnostic> {
    let about = |code| Diagnostic::new(code).arg("link", link);
    match verdict {
        Verdict::Fine => None,
        Verdict::Moved(to) => Some(about("links.external-moved").arg("to", to)),
        Verdict::Broken(reason) => Some(about("links.external-broken").arg("reason", reason)),
        Verdict::Unsure(reason) => Some(about("links.external-unsure").arg("reason", reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_gone_is_broken() {
        assert_eq!(judge(200, ""), Verdict::Fine);
        assert_eq!(judge(302, "https://a.example/login"), Verdict::Fine);
        assert_eq!(judge(301, "https://b.example/"), Verdict::Moved("https://b.example/".to_owned()));
        assert_eq!(judge(404, ""), Verdict::Broken("404".to_owned()));
        assert_eq!(judge(403, ""), Verdict::Unsure("403".to_owned()));
        assert_eq!(judge(503, ""), Verdict::Unsure("503".to_owned()));
    }
}
