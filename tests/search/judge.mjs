// Asks the search of a built site what people ask and compares the first five answers with those that
// were judged right. `node judge.mjs SITE [--misses] [--pagefind]`; a line in TSV for each.
import fs from "node:fs";
import path from "node:path";
import { Index } from "../../themes/omavalitsus/scripts/search.js";

const site = process.argv[2];
const queries = fs.readFileSync(new URL("queries.et.tsv", import.meta.url), "utf8").split("\n")
  .filter((line) => line && !line.startsWith("#")).map((line) => line.split("\t")).map(([query, pages]) => [query, pages.split(" ")]);

async function judge(name, find, places = true) {
  let recall = 0;
  let reciprocal = 0;
  for (const [query, pages] of queries) {
    // Who knows only whole pages is right with the page on which the place is.
    const wanted = places ? pages : [...new Set(pages.map((url) => url.split("#")[0]))];
    const found = await find(query);
    const first = found.findIndex((url) => wanted.includes(url)) + 1;
    const share = wanted.filter((url) => found.slice(0, 5).includes(url)).length / wanted.length;
    recall += share;
    reciprocal += first ? 1 / first : 0;
    if (share < 1 && process.argv.includes("--misses")) console.log(`${name}: ${query} → ${found.slice(0, 5).join(" ")} (wanted ${wanted.join(" ")})`);
  }
  const n = queries.length;
  console.log(`${name}\tqueries ${n}\trecall@5 ${(recall / n).toFixed(4)}\tMRR ${(reciprocal / n).toFixed(4)}`);
}

const folder = path.join(site, "search/et");
const index = await Index.open(async (name) => fs.readFileSync(path.join(folder, name), "utf8"));
await judge("raekoda", async (query) => {
  const found = await index.find(query);
  return Promise.all(found.pages.slice(0, 10).map(async (page) => (await index.page(page)).url));
});

if (process.argv.includes("--pagefind")) {
  // The bundle is read from the disk: `npx pagefind --site SITE` has made it.
  globalThis.fetch = async (address) => {
    const bytes = fs.readFileSync(path.join(site, new URL(address, "http://localhost").pathname));
    return new Response(bytes);
  };
  globalThis.document = { querySelector: () => ({ getAttribute: () => "et" }), currentScript: null };
  globalThis.window = { location: { origin: "http://localhost" } };
  globalThis.location = { href: "http://localhost/" };
  const bundle = path.resolve(site, "pagefind/pagefind.js");
  fs.copyFileSync(bundle, bundle.replace(/js$/, "mjs"));
  const pagefind = await import(bundle.replace(/js$/, "mjs"));
  await pagefind.options({ basePath: "/pagefind/" });
  await pagefind.init();
  await judge("pagefind", async (query) => {
    const { results } = await pagefind.search(query);
    const data = await Promise.all(results.slice(0, 10).map((result) => result.data()));
    return data.map(({ url }) => url.replace(/(index)?\/?$/, "") || "/");
  }, false);
}
