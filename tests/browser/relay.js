// A site with every form of the catalogue in three languages, and a relay that takes them in.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { program, raekoda } from "./site.js";

export const languages = ["et", "en", "ru"];

async function write(root, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

function site(origin, relay, forms) {
  const files = {
    "site.toml": `name = "Kadaka vald"\nlanguages = ["et", "en", "ru"]\nbase_url = "${origin}"\n` +
      `[contact]\nemail = "info@kadakavald.example"\nphone = "+372 5555 0100"\n[relay]\nurl = "${relay}"\n`,
  };
  for (const lang of languages) {
    const ending = lang === "et" ? "md" : `${lang}.md`;
    files[`content/_index.${ending}`] = `+++\ntitle = "Kadaka vald"\npublished = 2026-01-05\n+++\n`;
    for (const form of forms) {
      files[`content/vormid/${form}.${ending}`] = `+++\ntitle = "${form} ${lang}"\ne_form = "${form}"\n+++\n`;
    }
  }
  return files;
}

// Destinations are folders; letters would go to a server that nobody listens on.
function config(origin, relay, destinations) {
  const folders = destinations.map((name) => `[folder.${name}]\npath = "drop"\n`).join("");
  return `listen = "${relay.replace("http://", "")}"\npublic_url = "${relay}"\nsites = ["${origin}"]\nname = "Kadaka vald"\n` +
    `forms = "public/forms.json"\ndata = "data"\nsecret = { file = "secret" }\nconfirmation = { through = "letters" }\n` +
    `[smtp.letters]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\nfrom = "Kadaka vald <vormid@kadakavald.example>"\n` +
    `to = ["vald@kadakavald.example"]\n${folders}` +
    `[limits]\nposts_per_minute = 0\nform_per_minute = 0\nproof_per_minute = 20\nleast_check_ms = 0\n`;
}

// Builds the site into `work`/public and starts the relay; gives the forms and how to stop.
export async function relayed(work, origin, relay) {
  const listed = (await raekoda("form", "list", "--site", work)).stdout.trim().split("\n");
  const forms = listed.map((line) => line.split(" ")[0]);
  await write(join(work, "site"), site(origin, relay, forms));
  await raekoda("build", join(work, "site"), "--out", join(work, "public"), "--at", "2026-11-22T12:00");
  const compiled = JSON.parse(await readFile(join(work, "public", "forms.json"), "utf8"));
  const destinations = [...new Set(compiled.forms.flatMap(({ form }) => form.recipients))];
  await write(work, { "relay.toml": config(origin, relay, destinations), secret: "0123456789abcdef0123456789abcdef" });
  for (const folder of ["data", "drop"]) await mkdir(join(work, folder));
  const child = spawn(join(dirname(program), "form-relay"), ["serve", "--config", join(work, "relay.toml")], { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: child.stderr });
  const said = [];
  await new Promise((ready, failed) => {
    lines.on("line", (line) => {
      said.push(line);
      if (line.includes('"listening"')) ready();
    });
    child.once("exit", () => failed(new Error(said.join("\n"))));
  });
  const stop = async () => {
    child.removeAllListeners("exit");
    const ended = once(child, "exit");
    child.kill();
    await ended;
  };
  return { forms, stop };
}
