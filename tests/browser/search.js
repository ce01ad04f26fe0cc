// The search as people use it: suggestions below the field by keyboard (the ARIA pattern of a combobox), and the page
// of results with OVP's addresses.
import assert from "node:assert/strict";
import { test } from "node:test";

const state = (input) => input.evaluate((e) => ({
  role: e.getAttribute("role"), expanded: e.getAttribute("aria-expanded"), controls: e.getAttribute("aria-controls"),
  autocomplete: e.getAttribute("aria-autocomplete"), active: e.getAttribute("aria-activedescendant"),
}));

// `service` is the address of a page with the search in its header.
export function search(context, origin, service) {
  for (const [place, url] of [["header", service], ["search page", "/otsing"], ["front page", "/"]]) {
    test(`suggestions below the field of the ${place} are walked with the keyboard`, async () => {
      const made = await context();
      const page = await made.newPage();
      await page.goto(origin + url);
      const input = page.locator('input[name="filters[keyword]"]:visible').first();
      await input.focus();
      await page.locator('input[role="combobox"]').first().waitFor();
      assert.deepEqual(await state(input), { role: "combobox", expanded: "false", controls: "suggestions-0", autocomplete: "list", active: null });
      await input.pressSequentially("lasteaiak");
      const list = page.locator("#suggestions-0");
      await list.waitFor();
      assert.equal(await list.getAttribute("role"), "listbox");
      assert.ok(await list.getAttribute("aria-label"));
      assert.equal((await state(input)).expanded, "true");
      const options = list.getByRole("option");
      const count = await options.count();
      assert.ok(count > 1);
      await page.keyboard.press("ArrowDown");
      assert.equal((await state(input)).active, await options.first().getAttribute("id"));
      assert.equal(await options.first().getAttribute("aria-selected"), "true");
      assert.ok(await input.evaluate((e) => e === document.activeElement), "the field keeps the focus");
      await page.keyboard.press("ArrowUp");
      assert.equal((await state(input)).active, null);
      await page.keyboard.press("ArrowUp");
      assert.equal((await state(input)).active, await options.last().getAttribute("id"));
      await page.keyboard.press("Escape");
      assert.deepEqual([(await state(input)).expanded, (await state(input)).active], ["false", null]);
      assert.equal(await input.inputValue(), "lasteaiak", "Escape closes the list and keeps the words");
      await input.pressSequentially("oht");
      await list.waitFor();
      await page.keyboard.press("ArrowDown");
      const to = await options.first().getAttribute("data-url");
      await page.keyboard.press("Enter");
      await page.waitForURL(`${origin}${to}`);
      await made.close();
    });
  }

  test("Enter without a choice leads to the results, with the words marked", async () => {
    const made = await context();
    const page = await made.newPage();
    await page.goto(origin + service);
    await page.locator('input[name="filters[keyword]"]').first().fill("lasteaed");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/otsing\?filters%5Bkeyword%5D=lasteaed/);
    await page.locator(".search-list mark").first().waitFor();
    assert.match(await page.locator(".search-list mark").first().innerText(), /^lastea/i);
    assert.match(await page.locator("#search-results [role=status]").innerText(), /\d+ leh/);
    assert.equal(await page.locator('main input[name="filters[keyword]"]').inputValue(), "lasteaed");
    await made.close();
  });

  test("results are filtered by type and theme, and the address follows", async () => {
    const made = await context();
    const page = await made.newPage();
    await page.goto(`${origin}/otsing?filters[keyword]=toetus`);
    const shown = async () => Number.parseInt(await page.locator("#search-results [role=status]").innerText(), 10);
    await page.locator(".search-list li").first().waitFor();
    const all = await shown();
    for (const [at, name] of [[0, "type"], [1, "theme"]]) {
      const select = page.locator(".search-filters select").nth(at);
      const value = await select.locator("option").nth(1).getAttribute("value");
      await select.selectOption(value);
      await page.waitForFunction((name) => new URLSearchParams(location.search).has(`filters[${name}]`), name);
      await page.waitForFunction((all) => Number.parseInt(document.querySelector("#search-results [role=status]").textContent, 10) < all, all);
      await page.goBack();
      await page.waitForFunction((all) => Number.parseInt(document.querySelector("#search-results [role=status]").textContent, 10) === all, all);
    }
    await made.close();
  });

  test("an address of the former platform is read: words, type, order, page", async () => {
    const made = await context();
    const page = await made.newPage();
    await page.goto(`${origin}/otsing?filters[keyword]=vald&filters[type]=news&sort=created&page=2`);
    await page.locator(".search-list li").first().waitFor();
    assert.equal(await page.locator(".search-list").getAttribute("start"), "11");
    const chosen = await page.locator(".search-filters select").evaluateAll((all) => all.map((select) => select.value));
    assert.deepEqual([chosen[0] !== "", chosen[1], chosen[2]], [true, "", "created"]);
    const days = await page.locator(".search-list time").evaluateAll((all) => all.map((time) => time.dateTime));
    assert.deepEqual(days, days.toSorted().reverse());
    await page.locator(".search-pages a[rel=prev]").click();
    await page.waitForURL(/filters%5Btype%5D=.*sort=created$/);
    await made.close();
  });

  test("facets filter the services in place, say how many there are, and stand in the address", async () => {
    const made = await context();
    const page = await made.newPage();
    await page.goto(`${origin}/teenused`);
    const items = page.locator("[data-facets] .link-columns li:visible");
    const all = await items.count();
    const theme = page.locator("a[data-facet=service-theme]").first();
    await theme.focus();
    await page.keyboard.press("Enter");
    assert.ok(new URL(page.url()).searchParams.get("service-theme"));
    assert.equal(await theme.getAttribute("aria-current"), "true");
    const some = await items.count();
    assert.ok(some > 0 && some < all);
    assert.match(await page.locator("[data-facets] [role=status]").innerText(), new RegExp(`^${some} teenus`));
    await page.reload();
    assert.equal(await items.count(), some);
    await page.goBack();
    await page.waitForFunction((all) => document.querySelectorAll("[data-facets] .link-columns li:not([hidden])").length === all, all);
    await made.close();
  });

  test("facets are pages without scripts", async () => {
    const made = await context({ javaScriptEnabled: false });
    const page = await made.newPage();
    await page.goto(`${origin}/teenused`);
    const theme = page.locator("a[data-facet]").first();
    const address = await theme.getAttribute("href");
    await theme.click();
    assert.equal(new URL(page.url()).pathname, address);
    assert.ok(await page.locator("main .row").count() > 0);
    await made.close();
  });
}
