// What a page weighs on the wire, in brotli's bytes; the budget is a promise of the theme.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

const limits = { page: 25 * 1024, styles: 14 * 1024, scripts: 10 * 1024, requests: 8 };

export function weight(root, pages) {
  const sizes = new Map();
  const size = async (path) => {
    if (!sizes.has(path)) sizes.set(path, brotliCompressSync(await readFile(join(root, path))).length);
    return sizes.get(path);
  };
  const sum = async (paths) => (await Promise.all(paths.map(size))).reduce((a, b) => a + b, 0);

  test("pages, styles and scripts stay within their weight", async () => {
    const found = [];
    let heaviest = [0, ""];
    for (const { url, html, file } of pages) {
      const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((match) => match[1]);
      const scripts = [...new Set([...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map((match) => match[1]))];
      const own = brotliCompressSync(await readFile(file)).length;
      const whole = own + await sum(styles) + await sum(scripts);
      const icons = html.match(/<link rel="(?:icon|manifest)"/g)?.length ?? 0;
      const requests = 1 + styles.length + scripts.length + icons;
      if (whole > heaviest[0]) heaviest = [whole, url];
      if (await sum(styles) > limits.styles) found.push(`${url}: styles ${await sum(styles)}`);
      if (await sum(scripts) > limits.scripts) found.push(`${url}: scripts ${await sum(scripts)}`);
      // Listings of everything (contacts, all services) are more than a content page.
      if (whole > (own > 12 * 1024 ? 2 : 1) * limits.page) found.push(`${url}: ${whole}`);
      if (requests > limits.requests) found.push(`${url}: ${requests} requests`);
    }
    console.log(`# heaviest page: ${heaviest[0]} bytes, ${heaviest[1]}`);
    console.log(`# all scripts of a page at most ${limits.scripts}; ${[...sizes].map(([path, bytes]) => `${path} ${bytes}`).join(", ")}`);
    assert.deepEqual(found, []);
  });
}
