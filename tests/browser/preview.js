// The preview in a real browser: a change comes by itself, one's place on the page stays, mistakes are shown and go.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { program, root } from "./site.js";

// Starts `raekoda serve` on a copy of the example and gives its address.
async function start(site) {
  await cp(join(root, "content-example"), site, { recursive: true, filter: (path) => !path.endsWith("/public") });
  const server = spawn(program, ["--lang", "et", "serve", site, "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const origin = await new Promise((ready, failed) => {
    server.stderr.on("data", (data) => {
      said += data;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (found) ready(found[0]);
    });
    server.once("exit", () => failed(new Error(said)));
  });
  return { origin, stop: () => server.kill() };
}

export function preview(browser, work) {
  test("the preview follows what is written", { timeout: 300_000 }, async (t) => {
    const site = join(work, "preview");
    const { origin, stop } = await start(site);
    const context = await browser.newContext({ viewport: { width: 1280, height: 500 }, reducedMotion: "reduce" });
    t.after(async () => {
      await context.close();
      stop();
    });
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    const file = join(site, "content/vald/ajalugu.md");
    const text = await readFile(file, "utf8");
    await page.goto(`${origin}/vald/ajalugu`);
    const panel = page.locator("raekoda-preview");
    await panel.locator("summary").waitFor();

    await t.test("a sentence comes by itself, and one stays where one was", async () => {
      await page.evaluate(() => scrollTo({ top: 300, behavior: "instant" }));
      await writeFile(file, `${text}\nSee lause tuli juurde.\n`);
      await page.getByText("See lause tuli juurde.").waitFor();
      await page.waitForFunction(() => scrollY === 300);
    });
    await t.test("the panel names the file", async () => {
      await panel.locator("summary").click();
      assert.equal(await panel.locator("code.source").textContent(), "content/vald/ajalugu.md");
    });
    await t.test("the panel says what the inspector finds, and stays open", async () => {
      await writeFile(file, `${text}\nVaadake [siit](/vald#ei-ole).\n`);
      await panel.getByText("ei-ole").first().waitFor();
      assert.ok(await panel.locator("code.source").isVisible());
      await writeFile(file, `${text}\nSee lause tuli juurde.\n`);
      await panel.getByText("ei-ole").first().waitFor({ state: "detached" });
    });
    await t.test("a mistake is shown over the last good page, with its place, and goes when it is mended", async () => {
      await writeFile(file, text.replace(/^title = .*$/m, 'title = "Ajalugu'));
      const overlay = panel.locator(".overlay");
      await overlay.waitFor();
      assert.match(await overlay.textContent(), /content\/vald\/ajalugu\.md:\d+/);
      assert.ok(await page.getByText("See lause tuli juurde.").isVisible());
      await writeFile(file, text);
      await page.getByText("See lause tuli juurde.").waitFor({ state: "detached" });
      await panel.locator("summary").waitFor();
      assert.equal(await overlay.count(), 0);
    });
    await t.test("style sheets change without loading the page again", async () => {
      await page.evaluate(() => { window.same = true; });
      const css = join(site, "theme/styles/main.css");
      const main = await readFile(join(root, "themes/omavalitsus/styles/main.css"), "utf8");
      await mkdir(join(site, "theme/styles"), { recursive: true });
      await writeFile(css, `${main}\nh1 { letter-spacing: 7px }\n`);
      await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).letterSpacing === "7px");
      assert.equal(await page.evaluate(() => window.same), true);
    });
    await t.test("a page that is still to come opens from the list, on its day", async () => {
      await writeFile(join(site, "content/vald/tulevik.md"), '+++\ntitle = "Tulevik"\npublished = 2031-05-05\npublish_from = 2031-05-06T09:00:00\n+++\nTuleb kord.\n');
      await page.goto(`${origin}/__raekoda/pages`);
      const button = page.getByRole("button", { name: "content/vald/tulevik.md" });
      await page.waitForFunction(() => {
        if ([...document.querySelectorAll("button")].some((one) => one.value === "content/vald/tulevik.md")) return true;
        location.reload();
        return false;
      }, undefined, { polling: 500 });
      await button.click();
      await page.getByText("Tuleb kord.").waitFor();
      assert.equal(new URL(page.url()).pathname, "/vald/tulevik");
    });
    assert.deepEqual(said, []);
  });
}
