import { chromium } from "playwright-core";
import { serve } from "./server.js";
const s = await serve(); s.site.root = "/tmp/th/example";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const pages = { front: "/", service: process.argv[2] ?? "/teenused/sotsiaal/sunnitoetus", services: "/teenused?audience=families", news: "/uudised", contacts: "/kontakt", events: "/sundmused", documents: "/dokumendid", form: "/vormid/sunnitoetus", search: "/otsing?filters[keyword]=toetus", about: "/vald/tutvustus", gallery: "/galeriid" };
const modes = [["w", { width: 1280, height: 900 }, "light"], ["d", { width: 1280, height: 900 }, "dark"], ["n", { width: 360, height: 740 }, "light"], ["z", { width: 320, height: 256 }, "dark"]];
const only = process.argv[3]?.split(",");
for (const [mode, viewport, colorScheme] of modes) {
  const c = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  const p = await c.newPage();
  for (const [name, url] of Object.entries(pages)) {
    if (only && !only.includes(name)) continue;
    await p.goto(s.origin + url);
    await p.evaluate(() => document.querySelectorAll("img[loading=lazy]").forEach((i) => { i.loading = "eager"; }));
    await p.waitForLoadState("networkidle");
    await p.screenshot({ path: `/tmp/th/${name}-${mode}.png`, fullPage: true });
  }
  if (mode === "w") for (const name of ["service", "news", "form", "contacts"]) {
    if (only && !only.includes(name)) continue;
    await p.goto(s.origin + pages[name]);
    await p.emulateMedia({ media: "print", colorScheme: "light" });
    await p.setViewportSize({ width: 760, height: 1000 });
    await p.screenshot({ path: `/tmp/th/${name}-p.png`, fullPage: true });
    await p.emulateMedia({ media: "screen" }); await p.setViewportSize(viewport);
  }
  await c.close();
}
await browser.close(); s.close(); process.exit(0);
