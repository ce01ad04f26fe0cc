// Without JavaScript every way through the site and every listing is there.
import assert from "node:assert/strict";
import { test } from "node:test";

export function withoutScripts(context, origin, find) {
  for (const [size, viewport] of [["wide", { width: 1280, height: 900 }], ["narrow", { width: 360, height: 740 }]]) {
    test(`the menu opens on a ${size} screen without scripts`, async () => {
      const page = await (await context({ javaScriptEnabled: false, viewport })).newPage();
      await page.goto(origin);
      if (size === "narrow") await page.locator(".menu-open").click();
      await page.locator(".mega > summary").first().click();
      const link = page.locator(".mega[open] .mega-panel a").first();
      const address = await link.getAttribute("href");
      await link.click();
      assert.equal(new URL(page.url()).pathname, address);
      assert.ok(await page.locator("h1").isVisible());
      await page.context().close();
    });
  }

  const listings = { news: ".card", contacts: ".person", events: ".event", documents: "tbody tr", questions: ".accordion", tabs: ".tab-body" };
  const marks = { news: "card-grid-lead", contacts: "data-find-status", events: "class=\"calendar\"", documents: "data-sort-label", questions: "class=\"accordions\"", tabs: "data-tabs" };
  for (const [name, selector] of Object.entries(listings)) {
    test(`${name} are all there without scripts`, async () => {
      const page = await (await context({ javaScriptEnabled: false })).newPage();
      await page.goto(origin + find(marks[name]));
      const all = page.locator(`main ${selector}`);
      const count = await all.count();
      assert.ok(count > 1);
      for (let i = 0; i < count; i += 1) assert.ok(await all.nth(i).isVisible());
      // What only a script can do is not offered.
      assert.equal(await page.locator("[data-comfort-open]:visible, .find:visible, [role=tab]").count(), 0);
      await page.context().close();
    });
  }

  test("reading comfort is explained without scripts", async () => {
    const page = await (await context({ javaScriptEnabled: false })).newPage();
    await page.goto(origin);
    await page.locator(".top a[href*='comfort-help']").click();
    await page.locator("#comfort-help").waitFor();
    await page.context().close();
  });

  test("search goes to its page without scripts, and that page leads on", async () => {
    const page = await (await context({ javaScriptEnabled: false })).newPage();
    await page.goto(origin);
    await page.getByRole("searchbox").first().fill("lasteaed");
    await page.keyboard.press("Enter");
    await page.waitForURL(/filters%5Bkeyword%5D=lasteaed/);
    assert.ok(await page.locator("main a").count() > 5);
    await page.context().close();
  });
}
