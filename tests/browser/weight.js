// What a page weighs on the wire, in brotli's bytes, without its pictures; the budget is a promise of the theme.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

const compressed = promisify(brotliCompress);
const limits = { page: 25 * 1024, styles: 14 * 1024, scripts: 10 * 1024, script: 5 * 1024, requests: 8 };
const matches = (html, pattern) => [...html.matchAll(pattern)].map((match) => match[1]);

// What the page names and the browser fetches: styles, scripts, and the modules that it may fetch later.
function named(html) {
  const loaded = matches(html, /<script\b[^>]* src="?([^"\s>]+)/g);
  const later = matches(html, /\bdata-(?:script|comfort-open)="?([^"\s>]+)/g);
  return {
    styles: [...new Set(matches(html, /<link\b[^>]*rel="?stylesheet"?[^>]* href="?([^"\s>]+)/g))],
    scripts: [...new Set(loaded)],
    modules: [...new Set([...loaded, ...later])],
  };
}

// Weighs `pages` of the site in `root`: what is over the budget, and the heaviest page.
export async function weigh(root, pages) {
  const sizes = new Map();
  const size = async (path) => {
    if (!sizes.has(path)) sizes.set(path, compressed(await readFile(join(root, path))).then(({ length }) => length));
    return sizes.get(path);
  };
  const sum = async (paths) => (await Promise.all(paths.map(size))).reduce((a, b) => a + b, 0);
  const weighed = await Promise.all(pages.map(async ({ url, html }) => {
    const { styles, scripts, modules } = named(html);
    const own = (await compressed(html)).length;
    const parts = { url, own, styles: await sum(styles), scripts: await sum(scripts), modules: await sum(modules) };
    // The page, its parts, its icon, and what its script asks for: which alerts are on.
    return { ...parts, whole: own + parts.styles + parts.scripts, requests: 1 + styles.length + scripts.length + 2 };
  }));
  const found = [];
  for (const { url, styles, modules, whole, requests } of weighed) {
    if (styles > limits.styles) found.push(`${url}: styles ${styles} bytes`);
    if (modules > limits.scripts) found.push(`${url}: scripts ${modules} bytes`);
    if (whole > limits.page) found.push(`${url}: ${whole} bytes`);
    if (requests > limits.requests) found.push(`${url}: ${requests} requests`);
  }
  for (const [path, length] of sizes) {
    if (path.endsWith(".js") && await length > limits.script) found.push(`${path}: ${await length} bytes`);
  }
  return { found, heaviest: weighed.toSorted((a, b) => b.whole - a.whole)[0] };
}

// Every page by what it names, and a few as a browser fetches them.
export async function budget(context, { origin, folder, all }, few, t) {
  const { found, heaviest } = await weigh(folder, all);
  t.diagnostic(`heaviest of ${all.length}: ${JSON.stringify(heaviest)}`);
  assert.deepEqual(found, []);
  for (const url of few) {
    const made = await context();
    const page = await made.newPage();
    const asked = new Set();
    page.on("request", (request) => {
      if (request.resourceType() !== "image") asked.add(request.url());
    });
    await page.goto(origin + url, { waitUntil: "networkidle" });
    assert.ok(asked.size <= limits.requests, `${url}: ${[...asked].join(" ")}`);
    await made.close();
  }
}
