// Proves in a real browser what the theme promises, on the example site and the gallery of components.
// With RAEKODA_ALL set it visits all pages and all forms, asks Lighthouse for its marks and keeps pictures.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { agree } from "./agree.js";
import { visitor } from "./every_page.js";
import { byHand, everyForm } from "./forms.js";
import { frames } from "./frames.js";
import { keyboard } from "./keyboard.js";
import { lighthouses } from "./lighthouse.js";
import { check } from "./nu.js";
import { preview } from "./preview.js";
import { relayed } from "./relay.js";
import { screenshots } from "./screenshots.js";
import { search } from "./search.js";
import { serve } from "./server.js";
import { pages, raekoda, root, sample } from "./site.js";
import { budget } from "./weight.js";
import { withoutScripts } from "./without_scripts.js";

const none = (found) => assert.equal(found.length, 0, `\n${found.join("\n")}`);

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

const work = await mkdtemp(join(tmpdir(), "raekoda-browser-"));
const port = await freePort();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${port}`],
});
// Other programs at work beside this one make a page late, not wrong.
const patience = 120_000;
async function context(options) {
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  made.setDefaultTimeout(patience);
  return made;
}
const closing = [() => rm(work, { recursive: true }), () => browser.close()];
after(async () => {
  for (const close of closing.reverse()) await close();
});

// Builds a site into a folder of its own, serves it and reads its pages.
async function built(name, command) {
  const server = await serve();
  closing.push(server.close);
  server.site.root = join(work, name);
  await raekoda(...command, "--out", server.site.root, "--base-url", server.origin);
  const all = await pages(server.site.root);
  const find = (mark) => {
    const page = all.find(({ html, lang }) => lang === "et" && html.includes(mark));
    assert.ok(page, `no page has ${mark}`);
    return page.url;
  };
  return { origin: server.origin, folder: server.site.root, all, find };
}

async function withRelay() {
  const relay = `http://127.0.0.1:${await freePort()}`;
  const server = await serve();
  closing.push(server.close);
  const folder = await mkdtemp(join(work, "forms-"));
  const { forms, stop } = await relayed(folder, server.origin, relay);
  closing.push(stop);
  server.site.root = join(folder, "public");
  return { origin: server.origin, forms, drop: join(folder, "drop") };
}

// The gallery has every component and every template; the example has what a municipality writes.
const [example, gallery, forms] = await Promise.all([
  built("example", ["build", "content-example", "--at", "2026-11-22T12:00"]),
  built("gallery", ["theme", "gallery"]),
  withRelay(),
]);
const nu = check(example.folder, gallery.folder);
const key = { front: "/", service: example.find("class=\"columns-page service\""), news: "/uudised", contacts: "/kontakt" };

const chosen = process.env.RAEKODA_ALL ? (all) => all : sample;

describe("every kind of page", { concurrency: 2 }, () => {
  const sites = [example, gallery].map(({ origin, all }) => ({ all, visit: visitor(context, origin) }));
  for (const language of ["et", "en", "ru"]) {
    const all = sites.flatMap(({ all, visit }) => all.map((page) => ({ ...page, visit })));
    for (const { url, visit } of chosen(all.filter(({ lang }) => lang === language))) {
      test(url, async () => none(await visit(url)));
    }
  }
});
test("the Nu checker finds no mistake in HTML, CSS and SVG", async () => none(await nu));
test("axe and the inspector see the same faults", () => agree(context, work));
test("pages, styles and scripts stay within their weight", (t) => budget(context, example, Object.values(key), t));
describe("keyboard", { concurrency: 2 }, () => keyboard(context, example.origin, example.find));
describe("without scripts", { concurrency: 2 }, () => withoutScripts(context, example.origin, example.find));
describe("other sites", { concurrency: 2 }, () => frames(context, gallery));
describe("search", { concurrency: 2 }, () => search(context, example.origin, key.service));
preview({ newContext: context }, work);
describe("forms by hand", () => byHand(context, forms.origin, forms.drop));
everyForm(context, forms.origin, forms.forms, none);
if (process.env.RAEKODA_ALL) {
  describe("Lighthouse", () => lighthouses(example.origin, port, Object.values(key)));
  test("pictures for a person to look at are in target/screenshots", () =>
    screenshots(browser, example.origin, join(root, "target", "screenshots"), {
      ...key, events: "/sundmused", search: "/otsing", form: example.find("data-form="),
    }));
}
