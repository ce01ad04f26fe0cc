// The stems of the table, made by the theme's script.
import assert from "node:assert";
import fs from "node:fs";
import { estonian } from "../../themes/omavalitsus/scripts/search.js";

const rules = JSON.parse(fs.readFileSync(new URL("../../src/search/estonian.json", import.meta.url), "utf8"));
for (const line of fs.readFileSync(new URL("forms.et.tsv", import.meta.url), "utf8").trim().split("\n")) {
  const [word, stem] = line.split("\t");
  assert.equal(estonian(word, rules), stem, word);
}
