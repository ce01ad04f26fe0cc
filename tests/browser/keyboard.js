// What a reader does with the keyboard alone: skip, open the menu, choose comfort, walk tabs; the focus is always seen.
import assert from "node:assert/strict";
import { test } from "node:test";

const focused = (page) => page.evaluate(() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const name = e.textContent.trim().replace(/\s+/g, " ").slice(0, 40) || e.id || e.name || "";
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { name: `${e.tagName.toLowerCase()} ${name}`, href: e.getAttribute("href"), ring, tall: box.height, top: box.top, body: e === document.body };
});

async function open(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

// `find` gives the address of a page that has the wanted element.
export function keyboard(context, origin, find) {
  test("the first stop skips to the content, the second is about accessibility", async () => {
    const page = await open(await context(), origin);
    await page.keyboard.press("Tab");
    const skip = await focused(page);
    assert.equal(skip.href, "#main");
    assert.ok(skip.ring && skip.tall > 20, "the skip link is seen when it has the focus");
    await page.keyboard.press("Tab");
    assert.match((await focused(page)).href, /ligipaas/);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.context().close();
  });

  for (const [name, url] of [["front page", "/"], ["service", find("class=\"columns-page service\"")], ["contacts", find("data-find-status")]]) {
    test(`every stop of the ${name} is seen, and the last one leads out`, async () => {
      const page = await open(await context(), origin + url);
      const seen = [];
      for (let stops = 0; stops < 600; stops += 1) {
        await page.keyboard.press("Tab");
        const stop = await focused(page);
        if (stop.body) break;
        if (!stop.ring) seen.push(`no ring: ${stop.name}`);
        assert.ok(stops < 599, `caught at ${stop.name}`);
      }
      assert.deepEqual(seen, []);
      await page.context().close();
    });
  }

  test("the mega-menu opens and closes, and Escape gives the focus back", async () => {
    const page = await open(await context(), origin);
    const summary = page.locator(".mega > summary").first();
    await summary.focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".mega[open] .mega-panel a").first().isVisible());
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => Boolean(document.activeElement.closest(".mega-panel"))), "the panel is next");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".mega[open]").count(), 0);
    assert.ok(await summary.evaluate((e) => e === document.activeElement));
    await page.context().close();
  });

  test("the menu of a narrow screen opens over the page and closes", async () => {
    const page = await open(await context({ viewport: { width: 360, height: 740 } }), origin);
    await page.locator(".menu-open").focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".menu summary").first().isVisible());
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator(".menu summary").first().isVisible()));
    assert.ok(await page.locator(".menu-open").evaluate((e) => e === document.activeElement));
    await page.context().close();
  });

  test("the comfort panel keeps a choice, only after it was made", async () => {
    const page = await open(await context(), origin);
    const opener = page.locator("[data-comfort-open]");
    await opener.focus();
    await page.keyboard.press("Enter");
    await page.locator("#comfort:modal").waitFor();
    assert.equal(await page.evaluate(() => localStorage.length), 0);
    await page.keyboard.press("Escape");
    assert.ok(await opener.evaluate((e) => e === document.activeElement));
    await page.keyboard.press("Enter");
    await page.locator("input[name=text][value=large]").focus();
    await page.keyboard.press("Space");
    assert.equal(await page.evaluate(() => localStorage.getItem("comfort")), '{"text":"large"}');
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.text), "large");
    await page.locator("[data-comfort-open]").click();
    await page.locator("[data-comfort-reset]").click();
    assert.equal(await page.evaluate(() => localStorage.length), 0);
    assert.equal((await page.context().cookies()).length, 0);
    await page.context().close();
  });

  test("tabs are walked with the arrows", async () => {
    const page = await open(await context(), origin + find("data-tabs"));
    const tabs = page.getByRole("tab");
    assert.ok(await tabs.count() > 1);
    await tabs.first().focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await tabs.nth(1).getAttribute("aria-selected"), "true");
    assert.ok(await tabs.nth(1).evaluate((e) => e === document.activeElement));
    await page.keyboard.press("End");
    assert.equal(await tabs.last().getAttribute("aria-selected"), "true");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => Boolean(document.activeElement.closest("[role=tabpanel]"))));
    await page.context().close();
  });

  test("an accordion opens", async () => {
    const page = await open(await context(), origin + find("class=\"accordion\""));
    await page.locator(".accordion:not([open]) > summary").first().focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".accordion[open] .accordion-body").first().isVisible());
    await page.context().close();
  });

  test("a table is sorted by its heads", async () => {
    const page = await open(await context(), origin + find("data-sort-label"));
    const head = page.locator("table[data-sort] th button").first();
    await head.focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("table[data-sort] thead th").first().getAttribute("aria-sort"), "ascending");
    await page.context().close();
  });

  test("a person is found while typing", async () => {
    const page = await open(await context(), origin + find("data-find-status"));
    const name = await page.locator(".person h3").last().textContent();
    await page.getByRole("searchbox").last().fill(name);
    assert.equal(await page.locator(".person:visible").count(), 1);
    await page.context().close();
  });

  test("a day of the calendar leads to its event", async () => {
    const page = await open(await context(), origin + find("class=\"calendar\""));
    await page.locator(".calendar a").first().focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".event:target").isVisible());
    await page.context().close();
  });
}
