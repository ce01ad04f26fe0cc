// Films and maps of other sites are loaded only at a press; nobody else is asked for anything before.
import assert from "node:assert/strict";
import { test } from "node:test";

const player = "https://www.youtube-nocookie.com/embed/kadaka-vald?autoplay=1";

// Answers in the place of the other sites, and keeps what they were asked.
async function opened(context, origin, url, options = {}) {
  const made = await context(options);
  const page = await made.newPage();
  const asked = [];
  const told = [];
  page.on("console", (message) => told.push(message.text()));
  await page.route((address) => !address.href.startsWith(origin), (route) => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>film</title>" });
  });
  await page.goto(origin + url);
  return { page, asked, told, close: () => made.close() };
}

export function frames(context, { origin, find }) {
  test("a film is loaded at a press of its button, and not before", async () => {
    const { page, asked, told, close } = await opened(context, origin, find("class=\"video\" data-frame"));
    const box = page.locator(".video[data-frame]").first();
    const button = box.getByRole("button");
    await button.waitFor();
    assert.match(await box.locator(".frame-note").innerText(), /YouTube/);
    assert.equal(await button.getAttribute("aria-describedby"), await box.locator(".frame-note").getAttribute("id"));
    assert.equal(await page.locator("iframe").count(), 0);
    assert.deepEqual(asked, []);
    await button.focus();
    await page.keyboard.press("Enter");
    const frame = box.locator("iframe");
    await frame.waitFor();
    assert.equal(await frame.getAttribute("src"), player);
    assert.ok(await frame.getAttribute("title"));
    assert.ok(await frame.evaluate((e) => e === document.activeElement));
    // The policy lets it load.
    await page.frameLocator("iframe").locator("html").waitFor({ state: "attached" });
    assert.deepEqual(asked, [player]);
    assert.deepEqual(told, []);
    await close();
  });

  test("a map is shown at a press of its button, and its link stays", async () => {
    const { page, asked, close } = await opened(context, origin, find("class=\"map\" data-frame"));
    const box = page.locator(".map[data-frame]").first();
    await box.getByRole("button").click();
    await box.locator("iframe").waitFor();
    assert.equal(await box.locator("iframe").getAttribute("src"), "https://xgis.maaamet.ee/xgis2/page/app/maainfo");
    assert.ok(await box.getByRole("link").isVisible());
    assert.equal(asked.length, 1);
    await close();
  });

  test("without scripts films and maps are links", async () => {
    const { page, asked, close } = await opened(context, origin, find("class=\"video\" data-frame"), { javaScriptEnabled: false });
    const box = page.locator(".video[data-frame]").first();
    assert.equal(await box.getByRole("link").getAttribute("href"), "https://www.youtube.com/watch?v=kadaka-vald");
    assert.equal(await box.locator("button:visible, .frame-note:visible").count(), 0);
    assert.deepEqual(asked, []);
    await close();
  });
}
