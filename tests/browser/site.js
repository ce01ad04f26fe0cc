// Builds a site with the program under test, and chooses the pages that stand for the rest.
import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
export const root = new URL("../..", import.meta.url).pathname;
export const program = join(root, process.env.CARGO_TARGET_DIR ?? "target", "debug", "raekoda");

// Runs the program; a failure shows what it said.
export async function raekoda(...args) {
  return run(program, args, { cwd: root, maxBuffer: 1 << 24 });
}

// All published pages: address, language, HTML.
export async function pages(folder) {
  const files = await readdir(folder, { recursive: true });
  const wanted = files.filter((file) => file.endsWith(".html")).sort();
  const all = await Promise.all(wanted.map(async (file) => {
    const html = await readFile(join(folder, file), "utf8");
    const url = `/${file.replace(/\/?index\.html$/, "")}`;
    return { url, html, file: join(folder, file), lang: html.match(/<html lang="(\w+)"/)?.[1] };
  }));
  // Addresses that only send on have nothing to look at.
  return all.filter((page) => page.lang && !page.html.includes('http-equiv="refresh"'));
}

// What a page is made of: its elements with their classes and roles.
function parts(html) {
  const found = new Set();
  for (const [, tag, rest] of html.matchAll(/<([a-z][a-z0-9]*)\b([^>]*)>/g)) {
    const classes = rest.match(/\bclass="([^"]*)"/)?.[1].split(/\s+/) ?? [""];
    const role = rest.match(/\b(?:role|type)="([^"]*)"/)?.[1] ?? "";
    for (const name of classes) found.add(`${tag}.${name}[${role}]`);
  }
  return found;
}

// The fewest pages that have, among them, every element and class of all of them (a greedy cover).
export function sample(all) {
  const left = all.map((page) => ({ page, parts: parts(page.html) }));
  const chosen = [];
  const covered = new Set();
  const take = (one) => {
    one.parts.forEach((part) => covered.add(part));
    chosen.push(one.page);
    left.splice(left.indexOf(one), 1);
  };
  for (;;) {
    const gain = (one) => [...one.parts].filter((part) => !covered.has(part)).length;
    const best = left.map((one) => [gain(one), one]).sort((a, b) => b[0] - a[0])[0];
    if (!best || best[0] === 0) return chosen;
    take(best[1]);
  }
}
