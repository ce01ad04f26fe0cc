// The Nu HTML checker over whole folders: HTML, CSS and SVG.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import vnu from "vnu-jar";

const run = promisify(execFile);

// All errors in the files of these kinds.
async function errors(folder, only) {
  const args = ["-Xss4m", "-jar", vnu, "--errors-only", "--format", "json", "--exit-zero-always", `--skip-non-${only}`, folder];
  const { stderr } = await run("java", args, { maxBuffer: 1 << 26 });
  return JSON.parse(stderr).messages.map(({ url, lastLine, message, extract }) =>
    `${url.replace(/^.*\/(?=site\/)/, "")}:${lastLine}: ${message} ${extract?.trim().slice(0, 120) ?? ""}`);
}

export const check = async (folder) => (await Promise.all(["html", "css", "svg"].map((only) => errors(folder, only)))).flat();
