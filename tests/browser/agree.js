// Where axe and the inspector can both see a fault, both see it, and neither sees one where there is none. Each page
// has one fault or only looks as if; its colours are written into it, so that axe sees what the theme would make.
import assert from "node:assert/strict";
import axe from "axe-core";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { raekoda } from "./site.js";

const rows = (cell) => Array.from({ length: 4 }, (_, row) => `<tr>${Array.from({ length: 4 }, (_, column) => cell(row, column)).join("")}</tr>`).join("");
const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";

// The rules of axe that say the same as one of the inspector's.
const same = {
  "html-has-lang": "page-language", "html-lang-valid": "page-language", "document-title": "page-title",
  "page-has-heading-one": "heading-one", "heading-order": "heading-skipped", "duplicate-id-aria": "id-twice",
  "image-alt": "image-alt", "link-name": "link-empty", "button-name": "button-empty", label: "field-label",
  "select-name": "field-label", "frame-title": "frame-title", "td-has-header": "table-header", "video-caption": "video-captions",
};

// Name of the page: what it holds, and the inspector's rule that it breaks.
const pages = {
  keeleta: { html: "", rule: "page-language" },
  pealkirjata: { title: "", rule: "page-title" },
  esimeseta: { heading: "h2", rule: "heading-one" },
  vahele: { body: "<h2>Üks</h2><h4>Kaks</h4>", rule: "heading-skipped" },
  jarjest: { body: "<h2>Üks</h2><h3>Kaks</h3><h2>Kolm</h2><h3>Neli</h3>" },
  kaksid: { body: "<p id=\"k\">Üks</p><p id=\"k\">Kaks</p><input aria-labelledby=\"k\">", rule: "id-twice" },
  pilt: { body: `<img src="${pixel}">`, rule: "image-alt" },
  ilu: { body: `<img src="${pixel}" alt=""><img src="${pixel}" aria-hidden="true"><img src="${pixel}" alt="Kadaka vallamaja">` },
  tyhilink: { body: "<a href=\"/\"><svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg></a>", rule: "link-empty" },
  pildilink: { body: `<a href="/"><img src="${pixel}" alt=""></a>`, rule: "link-empty" },
  nimegalink: { body: `<a href="/"><img src="${pixel}" alt="Avaleht"></a> <a href="/" aria-label="Avaleht">→</a> <a id="ankur"></a>` },
  tyhinupp: { body: "<button type=\"button\"><span aria-hidden=\"true\">×</span></button>", rule: "button-empty" },
  nimeganupp: { body: "<button type=\"button\" aria-label=\"Sulge\">×</button> <button title=\"Sulge\"></button>" },
  vali: { body: "<input name=\"nimi\">", rule: "field-label" },
  valik: { body: "<select name=\"vald\"><option>Kadaka</option></select>", rule: "field-label" },
  valjad: { body: "<label>Nimi <input></label> <label for=\"e\">E-post</label> <input id=\"e\"> <input aria-label=\"Otsing\"> <input type=\"hidden\" name=\"x\">" },
  raam: { body: "<iframe src=\"about:blank\"></iframe>", rule: "frame-title" },
  raamid: { body: "<iframe src=\"about:blank\" title=\"Kaart\"></iframe>" },
  paiseta: { body: `<table>${rows((row, column) => `<td>${row}.${column}</td>`)}</table>`, rule: "table-header" },
  paisega: { body: `<table>${rows((row, column) => (row ? `<td>${row}.${column}</td>` : `<th scope="col">${column + 1}. veerg</th>`))}</table>` },
  video: { body: "<video src=\"/a.mp4\" controls></video>", rule: "video-captions" },
  tekstiga: { body: "<video src=\"/a.mp4\" controls><track kind=\"captions\" src=\"/a.vtt\"></video>" },
};

const document = ({ html = " lang=\"et\"", title = "Proov | Kadaka vald", heading = "h1", body = "<p>Kadaka vald.</p>" }) =>
  `<!doctype html><html${html}><head><meta charset="utf-8"><title>${title}</title></head>` +
  `<body><main><${heading}>Proov</${heading}>${body}</main></body></html>`;

async function site(folder, files) {
  const settings = "name = \"Kadaka vald\"\nlanguages = [\"et\"]\nbase_url = \"https://kadaka.example\"\n";
  for (const [path, text] of Object.entries({ "site.toml": settings, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

// What the inspector says; it fails where it finds errors, which here it shall.
async function inspected(folder) {
  const { stdout } = await raekoda("check", folder, "--format", "json").catch((failed) => failed);
  return JSON.parse(stdout);
}

/** Compares both on a page of each kind, and on colours. */
export async function agree(context, work) {
  const folder = join(work, "agree");
  const files = { "content/_index.md": "+++\ntitle = \"Kadaka vald\"\n+++\n" };
  for (const [name, page] of Object.entries(pages)) {
    files[`content/${name}.md`] = `+++\ntitle = "Proov"\npublished = 2026-01-05\ntemplate = "${name}.html"\n+++\n`;
    files[`theme/templates/${name}.html`] = document(page);
  }
  await site(folder, files);
  const found = await inspected(folder);
  const rules = new Set(Object.values(same));
  const page = await (await context({})).newPage();
  const wrong = [];
  for (const [name, { rule, ...parts }] of Object.entries(pages)) {
    await page.setContent(document(parts));
    await page.evaluate(axe.source);
    const told = await page.evaluate((values) => axe.run({ runOnly: { type: "rule", values } }), Object.keys(same));
    // Whether a film has captions, and whether it matters that an id is there twice, axe leaves to people.
    const left = ["video-caption", "duplicate-id-aria"];
    const seen = [...told.violations, ...told.incomplete.filter(({ id }) => left.includes(id))];
    const axes = [...new Set(seen.map(({ id }) => same[id]))].sort();
    const about = found.filter(({ location, message }) => location?.file === `content/${name}.md` || message.includes(`/${name} `) || message.includes(`/${name}.`));
    const ours = [...new Set(about.map(({ code }) => code.replace("accessibility.", "")).filter((code) => rules.has(code)))].sort();
    const wanted = rule ? [rule] : [];
    if (String(axes) !== String(wanted) || String(ours) !== String(wanted)) wrong.push(`${name}: wanted ${wanted}, axe ${axes}, raekoda ${ours}`);
  }
  assert.deepEqual(wrong, []);
  await colours(page, work);
  await page.context().close();
}

// The inspector reads the theme's tokens, axe the page that they make: text on the page's ground, light and dark.
async function colours(page, work) {
  const manifest = "name = \"meie\"\nversion = \"1.0.0\"\nextends = \"omavalitsus\"\n[tokens]\n";
  for (const [light, dark, good] of [["#1b2733", "#e6ebf0", true], ["#6b7a89", "#e6ebf0", false], ["#1b2733", "#5f6b77", false]]) {
    const folder = join(work, `colours${light}${dark}`.replaceAll("#", "-"));
    await site(folder, {
      "content/_index.md": "+++\ntitle = \"Kadaka vald\"\n+++\n",
      "site.toml": "name = \"Kadaka vald\"\nlanguages = [\"et\"]\nbase_url = \"https://kadaka.example\"\ntheme = \"meie\"\n",
      "meie/theme.toml": `${manifest}"--ink" = "light-dark(${light}, ${dark})"\n"--bg" = "light-dark(#ffffff, #0f131b)"\n`,
    });
    const ours = (await inspected(folder)).filter(({ code, message }) => code === "theme.contrast" && message.includes("--ink`") && message.includes("`--bg`"));
    let axes = 0;
    for (const [text, ground] of [[light, "#ffffff"], [dark, "#0f131b"]]) {
      await page.setContent(`<html lang="et"><body style="background:${ground};color:${text}"><p>Salvestatud</p></body></html>`);
      await page.evaluate(axe.source);
      axes += (await page.evaluate(() => axe.run({ runOnly: { type: "rule", values: ["color-contrast"] } }))).violations.length;
    }
    assert.deepEqual([ours.length === 0, axes === 0], [good, good], `${light} ${dark}`);
  }
}
