// Pictures for a person to look at; nothing is compared.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export async function screenshots(browser, origin, folder, pages) {
  await mkdir(folder, { recursive: true });
  for (const [mode, viewport, colorScheme] of [
    ["wide", { width: 1280, height: 900 }, "light"], ["dark", { width: 1280, height: 900 }, "dark"],
    ["narrow", { width: 360, height: 740 }, "light"],
  ]) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    for (const [name, url] of Object.entries(pages)) {
      await page.goto(origin + url);
      // Pictures further down are asked for only when they come into view.
      await page.evaluate(() => document.querySelectorAll("img[loading=lazy]").forEach((picture) => { picture.loading = "eager"; }));
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(folder, `${name}-${mode}.png`), fullPage: true });
    }
    await context.close();
  }
}
