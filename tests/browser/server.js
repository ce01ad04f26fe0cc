// Serves a built site as a good host would: strict policy, brotli, addresses without a slash at the end.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const kinds = {
  ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml", ".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg", ".ico": "image/x-icon",
  ".json": "application/json", ".xml": "application/xml; charset=utf-8", ".txt": "text/plain; charset=utf-8",
  ".csv": "text/csv; charset=utf-8", ".pdf": "application/pdf", ".ics": "text/calendar; charset=utf-8",
};
// The policy that the build wrote for its hosts.
async function policyOf(root) {
  const headers = await readFile(join(root, "_headers"), "utf8");
  return /Content-Security-Policy: (.*)/.exec(headers)[1];
}

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

async function find(root, address) {
  const path = join(root, normalize(decodeURIComponent(address)));
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return path;
  const index = join(path, "index.html");
  return found && (await stat(index).catch(() => null)) ? index : null;
}

// Listens on a free port of this computer; `root` is set when the site is built, for its base URL needs the port.
export async function serve() {
  const site = { root: "" };
  const compressed = new Map();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = await find(site.root, pathname);
    const file = path ?? join(site.root, "404.html");
    const kind = kinds[extname(file)] ?? "application/octet-stream";
    const headers = {
      "Content-Type": kind, "Content-Security-Policy": await (site.policy ??= policyOf(site.root)), "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "strict-origin-when-cross-origin", "Cache-Control": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin",
    };
    let body = await readFile(file);
    if (/text|xml|json|svg/.test(kind)) {
      if (!compressed.has(file)) compressed.set(file, brotliCompressSync(body, quick));
      body = compressed.get(file);
      headers["Content-Encoding"] = "br";
    }
    response.writeHead(path ? 200 : 404, headers);
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { site, origin: `http://127.0.0.1:${server.address().port}`, close: () => server.closeAllConnections() ?? server.close() };
}
