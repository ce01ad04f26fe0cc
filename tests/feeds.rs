//! Calendars, feeds and open data of the example municipality, and what is wrong with bad ones.

use serde_json::Value;

use super::driver::Site;

fn json(site: &Site, path: &str) -> Value {
    serde_json::from_str(&site.page(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn machines_read_what_the_site_knows() {
    let site = Site::example();
    assert_eq!(site.build(&[]).code, Some(0));
    let services = json(&site, "api/v1/services/et.json");
    let place = services.as_array().unwrap().iter().find(|service| service["identifier"] == "KADAKA010").unwrap();
    assert_eq!(place["serviceType"], "Liitumine, registreerumine");
    assert_eq!(json(&site, "api/v1/events/et.json")["response"]["start"], 0);
    assert!(json(&site, "api/v1/search/ru.json")["response"]["numFound"].as_u64().unwrap() > 10);
    let catalogue = json(&site, "andmed/catalog.jsonld");
    let sets = catalogue["@graph"].as_array().unwrap().iter().filter(|node| node["@type"] == "dcat:Dataset");
    for set in sets {
        for must in ["dct:identifier", "dct:title", "dct:description", "dct:publisher", "dcat:theme"] {
            assert!(!set[must].is_null(), "{must}: {set}");
        }
    }
    assert!(site.page("andmed/catalog.ttl").contains("a dcat:Catalog"));
    assert_eq!(json(&site, "rss-feeds/feed.json")["version"], "https://jsonfeed.org/version/1.1");
    assert!(json(&site, "teade.json").is_array());
    assert!(json(&site, "heartbeat.json")["pages"].as_u64().unwrap() > 100);
    assert!(site.page(".well-known/security.txt").contains("Contact: mailto:"));
    let openapi = json(&site, "api/openapi.json");
    for path in openapi["paths"].as_object().unwrap().keys() {
        assert!(site.out().join(path.trim_start_matches('/')).exists(), "{path}");
    }
}

#[test]
fn calendars_tell_time_and_repeat() {
    let site = Site::example();
    assert_eq!(site.build(&[]).code, Some(0));
    let all = site.page("sundmused.ics");
    assert!(all.matches("BEGIN:VEVENT").count() > 5);
    assert!(all.contains("DTSTART;TZID=Europe/Tallinn:"));
    assert!(site.page("sundmused/joululaat.ics").contains("SUMMARY:Kadaka jõululaat"));
    assert!(site.page("volikogu/istungid.ics").contains("BEGIN:VTIMEZONE"));
    assert!(site.page("jaatmevedu/kadaka-alevik.ics").contains("RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20271229"));
}

/// One dataset, one table and two pages of dates, each with a mistake.
#[test]
fn data_that_is_missing_ragged_or_out_of_order_is_reported() {
    let site = Site::with(
        "-- site.toml --\nname = \"Kadaka vald\"\nlanguages = [\"et\"]\nbase_url = \"https://kadaka.example\"\n\
         -- data/hinnad.csv --\nnimi;hind\nSaal;10\nKöök;5;7\n\
         -- content/andmed/_index.md --\n+++\ntitle = \"Andmed\"\n+++\n\
         -- content/andmed/hinnad.md --\n+++\ntitle = \"Hinnad\"\nidentifier = \"hinnad\"\ndescription = \"Hinnad.\"\npublisher = \"Kadaka\"\n\
         theme = [\"GOVE\"]\nlicense = \"https://creativecommons.org/publicdomain/zero/1.0/\"\npublished = 2026-01-05\n\
         contact = \"kantselei\"\n\
         distributions = [{ title = \"Hinnad\", url = \"/failid/hinnad.csv\", format = \"text/csv\" }]\n+++\n\
         -- data/units.toml --\n[[units]]\nid = \"kantselei\"\ntitle = \"Vallakantselei\"\nkind = \"department\"\n\
         -- content/sundmused/_index.md --\n+++\ntitle = \"Sündmused\"\n+++\n\
         -- content/sundmused/laat.md --\n+++\ntitle = \"Laat\"\nstart = 2026-12-12T12:00:00\nend = 2026-12-12T10:00:00\nlocation = \"Turg\"\npublished = 2026-11-01\n+++\n\
         -- content/uudised/dateerimata.md --\n+++\ntitle = \"Uudis\"\n+++\nTekst.\n",
    );
    site.write("data/kool.csv", b"nimi,aadress\nKool,P\xe4rna 1\n");
    let told = site.build(&["--format", "json"]).failed();
    let told = super::driver::listed(&told);
    for expected in [
        "error content.table data/hinnad.csv:3",
        "error source.not-utf8 data/kool.csv:2",
        "schema.rule-order content/sundmused/laat.md",
        "error schema.required content/uudised/dateerimata.md",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    for path in ["data/hinnad.csv", "data/kool.csv", "content/sundmused/laat.md", "content/uudised/dateerimata.md"] {
        site.remove(path);
    }
    let told = site.build(&[]).fine().stderr;
    assert!(told.contains("output.dataset-file") && told.contains("content/andmed/hinnad.md"), "{told}");
    site.write("static/failid/hinnad.csv", "nimi,hind\nSaal,10\n");
    assert!(!site.build(&[]).fine().stderr.contains("output.dataset-file"));
}

#[test]
fn recurrence_without_an_end_is_reported() {
    let site = Site::with(
        "-- data/waste-days.toml --\n[[waste-days]]\narea = \"Alevik\"\nkind = \"Olme\"\nfirst = 2026-12-01\nweeks = 2\n",
    );
    assert!(site.build(&[]).stderr.contains("output.waste-days"));
}

#[test]
fn a_page_that_vanished_is_reported_with_the_likely_new_one() {
    let site = Site::smallest();
    assert_eq!(site.build(&[]).code, Some(0));
    let page = std::fs::read(site.path("content/uudised/talv.md")).unwrap();
    site.remove("content/uudised/talv.md");
    site.write("content/uudised/talve.md", page);
    let told = site.build(&[]).stderr;
    assert!(told.contains("output.vanished") && told.contains("/uudised/talve"), "{told}");
}

#[test]
fn texts_have_smaller_copies_when_the_site_wants_them() {
    let site = Site::with(
        "-- site.toml --\nname = \"Kadaka vald\"\nlanguages = [\"et\"]\nbase_url = \"https://kadaka.example\"\ncompress = true\n",
    );
    assert_eq!(site.build(&[]).code, Some(0));
    assert!(site.out().join("index.html.br").exists() && site.out().join("index.html.gz").exists());
}
