// Proves in a real browser what the theme promises, on the example site and the gallery of components.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { visit } from "./every_page.js";
import { byHand, everyForm } from "./forms.js";
import { keyboard } from "./keyboard.js";
import { lighthouses } from "./lighthouse.js";
import { check } from "./nu.js";
import { preview } from "./preview.js";
import { relayed } from "./relay.js";
import { screenshots } from "./screenshots.js";
import { serve } from "./server.js";
import { pages, raekoda, root, sample } from "./site.js";
import { weight } from "./weight.js";
import { withoutScripts } from "./without_scripts.js";

const none = (found) => assert.equal(found.length, 0, `\n${found.join("\n")}`);

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

// The sites: what is built, and how.
const sites = {
  "the example site": (out, origin) => ["build", "content-example", "--out", out, "--base-url", origin, "--at", "2026-11-22T12:00"],
};

const work = await mkdtemp(join(tmpdir(), "raekoda-browser-"));
const port = await freePort();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", `--remote-debugging-port=${port}`],
});
const servers = [];
after(async () => {
  await browser.close();
  servers.forEach((server) => server.close());
  await rm(work, { recursive: true });
});

for (const [name, command] of Object.entries(sites)) {
  const server = await serve();
  servers.push(server);
  const { origin } = server;
  server.site.root = join(work, name.replaceAll(" ", "-"));
  await raekoda(...command(server.site.root, origin));
  const all = await pages(server.site.root);
  const find = (mark) => {
    const page = all.find(({ html, lang }) => lang === "et" && html.includes(mark));
    assert.ok(page, `no page has ${mark}`);
    return page.url;
  };
  const context = (options) => browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });

  describe(`${name}: every page`, { concurrency: 2 }, () => {
    for (const lang of ["et", "en", "ru"]) {
      for (const { url } of sample(all.filter((page) => page.lang === lang))) {
        test(url, async () => none(await visit(browser, origin, url, { dark: lang === "et" })));
      }
    }
  });
  test(`${name}: the Nu checker finds no mistake in HTML, CSS and SVG`, async () => none(await check(server.site.root)));
  describe(`${name}: weight`, () => weight(server.site.root, all));
  if (name === "the example site") {
    const key = { front: "/", service: find("class=\"columns-page service\""), news: "/uudised", contacts: "/kontakt" };
    describe("keyboard", () => keyboard(context, origin, find));
    describe("without scripts", () => withoutScripts(context, origin, find));
    describe("Lighthouse", () => lighthouses(origin, () => port, Object.values(key)));
    preview(browser, work);
    test("screenshots are kept in target/screenshots", () =>
      screenshots(browser, origin, join(root, "target", "screenshots"), {
        ...key, events: "/sundmused", search: "/otsing", form: find("class=\"form-") ,
      }));
  }
}

const relay = `http://127.0.0.1:${await freePort()}`;
const forms = await serve(relay);
servers.push(forms);
const folder = await mkdtemp(join(work, "forms-"));
const taking = await relayed(folder, forms.origin, relay);
forms.site.root = join(folder, "public");
after(() => taking.stop());
const visitor = (options) => browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
describe("forms by hand", () => byHand(visitor, forms.origin, join(folder, "drop")));
everyForm(visitor, forms.origin, taking.forms, none);
