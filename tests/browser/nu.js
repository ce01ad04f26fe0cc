// The Nu HTML checker over whole folders: HTML, CSS and SVG.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import vnu from "vnu-jar";

const run = promisify(execFile);

// All errors in the HTML, CSS and SVG files of these folders.
export async function check(...folders) {
  const args = ["-Xss4m", "-XX:+UseSerialGC", "-jar", vnu, "--errors-only", "--format", "json", "--exit-zero-always"];
  const { stderr } = await run("java", [...args, "--skip-non-html", "--also-check-css", "--also-check-svg", ...folders], { maxBuffer: 1 << 26 });
  return JSON.parse(stderr).messages.map(({ url, lastLine, message, extract }) =>
    `${url}:${lastLine}: ${message} ${extract?.trim().slice(0, 120) ?? ""}`);
}
