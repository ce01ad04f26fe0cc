//! `raekoda check --external`: whether the links to other sites still work. Each site is asked one thing at a
//! time with a pause and as its `robots.txt` allows, answers are kept for a week, and what is not sure is not called
//! broken.

use std::{collections::BTreeMap, thread, time::Duration};

use rayon::prelude::*;

use super::robots::Robots;
use crate::{check::Inspector, diagnostics::Diagnostic, output::Cache};

/// How long an answer is believed, and how long that there was none, in seconds.
const WEEK: i64 = 7 * DAY;
const DAY: i64 = 24 * 3600;
const NAME: &str = "raekoda";

/// How fast sites are asked.
struct Pace {
    /// The pause between two questions to one site.
    pause: Duration,
    /// How long an answer may take.
    patience: Duration,
}

const POLITE: Pace = Pace { pause: Duration::from_millis(800), patience: Duration::from_secs(15) };

/// What a site answered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Verdict {
    Fine,
    Moved(String),
    Broken(String),
    Unsure(String),
    /// No answer at all.
    Silent,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    at: i64,
    verdict: Verdict,
}

/// A link and the page that has it.
type Named = (String, String);

/// Asks for all addresses that the inspected pages name. `now` is in seconds since 1970.
pub(super) fn check(inspector: &Inspector<'_>, cache: &Cache, now: i64) -> Vec<Diagnostic> {
    let finding = |((link, page), verdict): (Named, Verdict)| {
        finding(&link, &verdict).map(|finding| inspector.at_page(finding, &page, &link))
    };
    judged(inspector.outside(), &POLITE, cache, now).into_iter().filter_map(finding).collect()
}

/// The verdict on each link, site by site.
fn judged(links: Vec<Named>, pace: &Pace, cache: &Cache, now: i64) -> Vec<(Named, Verdict)> {
    let mut sites: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    for (link, page) in links {
        sites.entry(origin(&link).to_lowercase()).or_default().push((link, page));
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(pace.patience))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("raekoda/", env!("CARGO_PKG_VERSION"), " (link check)"))
        .build()
        .into();
    let sites: Vec<_> = sites.into_iter().collect();
    let judged: Vec<Vec<(Named, Verdict)>> = sites
        .into_par_iter()
        .map(|(origin, links)| {
            let mut site = Asked { agent: &agent, origin, robots: None, refused: None };
            let mut verdict = |link: &str| kept(cache, link, now).unwrap_or_else(|| site.asked(cache, link, pace, now));
            links.into_iter().map(|named| (named.clone(), verdict(&named.0))).collect()
        })
        .collect();
    let mut judged = judged.concat();
    // When no name is known at all, it is this computer that is not connected.
    if judged.iter().all(|(_, verdict)| *verdict == Verdict::Broken("DNS".to_owned())) {
        for (_, verdict) in &mut judged {
            *verdict = Verdict::Silent;
        }
    }
    judged
}

/// An address up to its path.
fn origin(link: &str) -> &str {
    let start = link.find("://").map_or(0, |at| at + 3);
    let end = link[start..].find(['/', '?', '#']).map_or(link.len(), |at| start + at);
    &link[..end]
}

fn kept(cache: &Cache, link: &str, now: i64) -> Option<Verdict> {
    let kept = cache.get(link).and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok())?;
    let good = if kept.verdict == Verdict::Silent { DAY } else { WEEK };
    (0..good).contains(&(now - kept.at)).then_some(kept.verdict)
}

/// A site that is being asked.
struct Asked<'a> {
    agent: &'a ureq::Agent,
    origin: String,
    /// Read before the first question.
    robots: Option<Robots>,
    /// It asked to be left alone; it is not asked again today.
    refused: Option<Verdict>,
}

impl Asked<'_> {
    fn asked(&mut self, cache: &Cache, link: &str, pace: &Pace, now: i64) -> Verdict {
        if let Some(refused) = &self.refused {
            return refused.clone();
        }
        let address = link.split('#').next().unwrap_or(link);
        let robots = self.robots.get_or_insert_with(|| robots(self.agent, &self.origin));
        let path = address.get(self.origin.len()..).filter(|path| path.starts_with('/')).unwrap_or("/");
        if !robots.allows(path) {
            return Verdict::Unsure("robots.txt".to_owned());
        }
        let verdict = ask(self.agent, &self.origin, address);
        if matches!(&verdict, Verdict::Unsure(status) if ["429", "503"].contains(&status.as_str())) {
            self.refused = Some(verdict.clone());
        } else if verdict != Verdict::Broken("DNS".to_owned())
            && let Ok(bytes) = serde_json::to_vec(&Kept { at: now, verdict: verdict.clone() })
        {
            // Without the cache the next check asks again.
            let _ = cache.put(link, &bytes);
        }
        thread::sleep(pace.pause);
        verdict
    }
}

fn robots(agent: &ureq::Agent, origin: &str) -> Robots {
    let Ok(mut answer) = agent.get(format!("{origin}/robots.txt")).call() else { return Robots::default() };
    if !answer.status().is_success() {
        return Robots::default();
    }
    // A longer one is not read at all (RFC 9309, 2.5, asks for 500 KiB).
    let text = answer.body_mut().with_config().limit(512 * 1024).read_to_string();
    Robots::parse(&text.unwrap_or_default(), NAME)
}

fn ask(agent: &ureq::Agent, origin: &str, address: &str) -> Verdict {
    let head = agent.head(address).call();
    // Many servers know no HEAD; one that is busy is not asked twice.
    let answer = match &head {
        Ok(answer) if matches!(answer.status().as_u16(), 200..=399 | 404 | 410 | 429 | 503) => head,
        Err(error) if is_silence(error) || has_no_name(error) => head,
        _ => agent.get(address).call(),
    };
    match answer {
        Ok(answer) => {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            judge(answer.status().as_u16(), &whole(origin, to))
        }
        Err(error) if has_no_name(&error) => Verdict::Broken("DNS".to_owned()),
        Err(error) if is_silence(&error) => Verdict::Silent,
        Err(error) => Verdict::Unsure(error.to_string()),
    }
}

/// Whether nobody has a site of this name. The standard library tells it in the system's words alone.
fn has_no_name(error: &ureq::Error) -> bool {
    const WORDS: [&str; 3] = ["Name or service not known", "Name does not resolve", "nodename nor servname provided"];
    match error {
        ureq::Error::HostNotFound => true,
        ureq::Error::Io(error) => WORDS.iter().any(|words| error.to_string().contains(words)),
        _ => false,
    }
}

/// Whether there was no answer, or none in time.
fn is_silence(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Timeout(_) | ureq::Error::Io(_) | ureq::Error::ConnectionFailed)
}

/// A new address in full; it may be told from the root of the site.
fn whole(origin: &str, to: &str) -> String {
    if let Some(rest) = to.strip_prefix("//") {
        format!("{}://{rest}", origin.split("://").next().unwrap_or("https"))
    } else if to.starts_with('/') {
        format!("{origin}{to}")
    } else {
        to.to_owned()
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
        Verdict::Silent => Some(about("links.external-silent")),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpListener,
        sync::{Arc, Mutex},
    };

    use super::*;

    /// A server that answers each path as its test wants it, and counts the questions.
    fn server(answers: &'static [(&'static str, &'static str)]) -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        thread::spawn(move || {
            let mut silent = Vec::new();
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut request = String::new();
                let mut lines = BufReader::new(stream.try_clone().expect("a copy"));
                if lines.read_line(&mut request).is_err() {
                    continue;
                }
                let mut head = String::new();
                while lines.read_line(&mut head).is_ok_and(|length| length > 2) {}
                let mut words = request.split(' ');
                let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                log.lock().expect("one thread").push(format!("{method} {path}"));
                match answers.iter().find(|(known, _)| *known == path || *known == format!("{method} {path}")) {
                    Some((_, "")) => silent.push(stream),
                    Some((_, answer)) => drop(stream.write_all(format!("HTTP/1.1 {answer}").as_bytes())),
                    None => drop(
                        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                    ),
                }
            }
        });
        (origin, asked)
    }

    const OK: &str = "200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const QUICK: Pace = Pace { pause: Duration::ZERO, patience: Duration::from_millis(400) };

    #[test]
    fn sites_are_asked_politely_and_answers_are_kept() {
        let (one, asked) = server(&[
            ("/fine", OK),
            ("HEAD /no-head", "405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            ("GET /no-head", OK),
            ("/moved", "301 Moved Permanently\r\nLocation: /fine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            ("/login", "302 Found\r\nLocation: /fine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            ("/slow", ""),
            ("/secret", "403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            (
                "/robots.txt",
                "200 OK\r\nContent-Length: 41\r\nConnection: close\r\n\r\nUser-agent: *\nDisallow: /search\nAllow: /\n",
            ),
            ("/search?q=1", OK),
        ]);
        let (busy, questions) =
            server(&[("/a", "429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), ("/b", OK)]);
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().to_owned());
        let paths = ["/fine#part", "/no-head", "/moved", "/login", "/slow", "/secret", "/gone", "/search?q=1"];
        let links = || {
            let first = paths.iter().map(|path| format!("{one}{path}"));
            first.chain([format!("{busy}/a"), format!("{busy}/b")]).map(|link| (link, "/".to_owned())).collect()
        };
        let verdicts = |now| -> Vec<Verdict> {
            let mut judged: BTreeMap<Named, Verdict> = judged(links(), &QUICK, &cache, now).into_iter().collect();
            links().iter().map(|named| judged.remove(named).expect("each")).collect()
        };
        let unsure = |reason: &str| Verdict::Unsure(reason.to_owned());
        let first = verdicts(1000);
        assert_eq!(first[4], Verdict::Silent);
        let mut rest = first.clone();
        rest.remove(4);
        assert_eq!(
            rest,
            [
                Verdict::Fine,
                Verdict::Fine,
                Verdict::Moved(format!("{one}/fine")),
                Verdict::Fine,
                unsure("403"),
                Verdict::Broken("404".to_owned()),
                unsure("robots.txt"),
                unsure("429"),
                unsure("429"),
            ]
        );
        let log = asked.lock().expect("one thread").clone();
        assert!(!log.iter().any(|line| line.contains("/search")), "{log:?}");
        assert_eq!(*questions.lock().expect("one thread"), ["GET /robots.txt", "HEAD /a"]);
        // Within a day nobody is asked again, but for those who were busy; within a week, but for those who were silent.
        assert_eq!(verdicts(1000 + DAY - 1), first);
        assert_eq!(asked.lock().expect("one thread").len(), log.len() + 1, "robots.txt alone");
        assert_eq!(verdicts(1000 + WEEK - 1), first);
        assert_eq!(asked.lock().expect("one thread")[log.len() + 1..], ["GET /robots.txt", "HEAD /slow"]);
        verdicts(1000 + WEEK);
        assert!(asked.lock().expect("one thread").len() > log.len() + 6);
    }

    #[test]
    fn a_name_that_nobody_has_is_no_silence() {
        let failed = |words: &str| ureq::Error::Io(std::io::Error::other(words));
        assert!(has_no_name(&failed("failed to lookup address information: Name or service not known")));
        let offline = failed("failed to lookup address information: Temporary failure in name resolution");
        assert!(!has_no_name(&offline) && is_silence(&offline));
    }

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
