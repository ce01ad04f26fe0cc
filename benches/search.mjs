// What a first search costs: bytes over the wire, as a server that compresses sends them, and time after loading.
//
//     node benches/search.mjs OUT [LANGUAGE]
//     node benches/search.mjs OUT [LANGUAGE] --phone
//
// Asks for words of the site's own pages, each with nothing loaded before. With --phone a real browser asks, whose
// processor is slowed down four times; it needs the packages of tests/browser.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { Index } from "../themes/omavalitsus/scripts/search.js";

const folder = path.join(process.argv[2], "search", process.argv.slice(3).find((word) => !word.startsWith("--")) ?? "et");
const script = new URL("../themes/omavalitsus/scripts/search.js", import.meta.url);
const results = new URL("../themes/omavalitsus/scripts/search-results.js", import.meta.url);
const size = (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
const sizes = new Map();
const read = (name) => {
  const bytes = fs.readFileSync(path.join(folder, name));
  if (!sizes.has(name)) sizes.set(name, size(bytes));
  return bytes.toString("utf8");
};

// Titles of pages, one of every fortieth document: a word of each is a query, and two words of each.
const documents = fs.readdirSync(folder).filter((name) => name.startsWith("d-"));
const titles = documents.flatMap((name) => JSON.stringify(JSON.parse(read(name))).match(/\p{L}{5,}/gu) ?? []);
const words = Array.from({ length: 200 }, (_, at) => titles[Math.floor((at * titles.length) / 200)]).filter(Boolean);
const queries = words.map((word, at) => (at % 2 ? `${word} ${words[(at * 7) % words.length]}` : word));

const bytes = [], loads = [], times = [];
for (const query of queries) {
  const fetched = new Set();
  const index = await Index.open(async (name) => (fetched.add(name), read(name)));
  const ask = async () => {
    const found = await index.find(query);
    await Promise.all(found.pages.slice(0, 10).map((page) => index.page(page)));
  };
  await ask();
  const start = performance.now();
  await ask();
  times.push(performance.now() - start);
  bytes.push(size(fs.readFileSync(script)) + size(fs.readFileSync(results)) + [...fetched].reduce((sum, name) => sum + sizes.get(name), 0));
  loads.push(fetched.size);
}
const at = (list, share) => list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * share)];
const kb = (value) => `${(value / 1000).toFixed(1)} kB`;
console.log(`index.json ${kb(sizes.get("index.json"))}, script ${kb(size(fs.readFileSync(script)))}, files ${fs.readdirSync(folder).length}`);
console.log(`first search: median ${kb(at(bytes, 0.5))}, 95 % ${kb(at(bytes, 0.95))}, most ${kb(at(bytes, 1))}; files ${at(loads, 0.5)} to ${at(loads, 1)}`);
console.log(`answer after loading: median ${at(times, 0.5).toFixed(1)} ms, 95 % ${at(times, 0.95).toFixed(1)} ms`);

// The same in a browser, with fewer queries: each twice, the second time with all that it needs at hand.
async function phone() {
  const { chromium } = await import("../tests/browser/node_modules/playwright-core/index.mjs");
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage();
  await page.route("**/*", (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (!name) return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>search</title>" });
    const body = name === "search.js" ? fs.readFileSync(script) : fs.readFileSync(path.join(folder, name));
    return route.fulfill({ contentType: name.endsWith(".js") ? "text/javascript" : "text/plain; charset=utf-8", body });
  });
  await page.goto("http://localhost/");
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const took = await page.evaluate(async (queries) => {
    const { Index } = await import("/search.js");
    const times = [];
    for (const query of queries) {
      const index = await Index.open(async (name) => (await fetch(`/${name}`)).text());
      const ask = async () => {
        const found = await index.find(query);
        await Promise.all(found.pages.slice(0, 10).map((number) => index.page(number)));
      };
      await ask();
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
    return times;
  }, queries.slice(0, 40));
  console.log(`answer after loading, processor four times slower: median ${at(took, 0.5).toFixed(1)} ms, 95 % ${at(took, 0.95).toFixed(1)} ms`);
  await browser.close();
}
if (process.argv.includes("--phone")) await phone();
