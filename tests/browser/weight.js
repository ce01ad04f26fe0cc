// What a page weighs on the wire, in brotli's bytes, without its pictures; the budget is a promise of the theme.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const limits = { page: 25 * 1024, styles: 14 * 1024, scripts: 10 * 1024, requests: 8 };
const matches = (html, pattern) => [...new Set([...html.matchAll(pattern)].map((match) => match[1]))];

// Says what is over the budget among `pages` of the site in `root`, and the heaviest page.
export async function weigh(root, pages) {
  const sizes = new Map();
  const size = async (path) => {
    if (!sizes.has(path)) sizes.set(path, brotliCompressSync(await readFile(join(root, path))).length);
    return sizes.get(path);
  };
  const sum = async (paths) => (await Promise.all(paths.map(size))).reduce((a, b) => a + b, 0);
  const found = [];
  let heaviest = { whole: 0 };
  for (const { url, html } of pages) {
    const linked = { styles: matches(html, /<link rel="stylesheet" href="([^"]+)"/g), scripts: matches(html, /<script[^>]* src="([^"]+)"/g) };
    const styles = await sum(linked.styles);
    const scripts = await sum(linked.scripts);
    const own = brotliCompressSync(html).length;
    const whole = own + styles + scripts;
    // The page, its parts, its icon, and what its script asks for: which alerts are on.
    const requests = 1 + linked.styles.length + linked.scripts.length + 2;
    if (whole > heaviest.whole) heaviest = { url, whole, own, styles, scripts, requests };
    if (styles > limits.styles) found.push(`${url}: styles ${styles} bytes`);
    if (scripts > limits.scripts) found.push(`${url}: scripts ${scripts} bytes`);
    if (whole > limits.page) found.push(`${url}: ${whole} bytes`);
    if (requests > limits.requests) found.push(`${url}: ${requests} requests`);
  }
  return { found, heaviest };
}

// The page of each site that brings most, and every page that was chosen, are weighed; the rest is lighter.
export async function budget(root, pages, t) {
  const largest = pages.toSorted((a, b) => b.html.length - a.html.length).slice(0, 12);
  const { found, heaviest } = await weigh(root, largest);
  t.diagnostic(`heaviest: ${JSON.stringify(heaviest)}`);
  assert.deepEqual(found, []);
}
