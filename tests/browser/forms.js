// The forms of the catalogue against a real relay: without scripts from the blank form to the number, with the
// theme's script step by step, and every state of every form in three languages without an accessibility mistake.
import assert from "node:assert/strict";
import axe from "axe-core";
import { readdir } from "node:fs/promises";
import { describe, test } from "node:test";
import { rules, violations } from "./every_page.js";
import { languages } from "./relay.js";

const words = {
  et: { error: "Viga: ", send: "Saada", forward: "Edasi", change: "Muuda" },
  en: { error: "Error: ", send: "Send", forward: "Continue", change: "Change" },
  ru: { error: "Ошибка: ", send: "Отправить", forward: "Далее", change: "Изменить" },
};
const address = (lang, form) => (lang === "et" ? `/vormid/${form}` : `/${lang}/vormid/${form}`);
const pdf = { name: "plaan.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a plan") };
const photo = {
  name: "foto.png", mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
};

// Answers every question that is asked, by its kind; `round` chooses among answers when one was refused.
function fillIn(round) {
  const form = document.querySelector("form[data-form]");
  const day = new Date(Date.now() + (round % 2 ? -400 : 40) * 86400000);
  const date = [day.getDate(), day.getMonth() + 1, day.getFullYear()];
  const texts = {
    name: "Mari Maasikas", organisation: "Kadaka Külaselts", email: "mari@example.org", phone: "5123 4567",
    url: "https://www.example.org", number: ["3", "30", "300"][round % 3], money: "120,50", time: round % 2 ? "18.00" : "10.00",
    "personal-code": "50001029996", "registry-code": "12345678", iban: "EE38 2200 2210 2014 5685",
    "reference-number": "12344", address: "Kadaka tn 12, Kadaka alevik", "long-text": "Ümberringi on põõsad ja žürii.\nTeine rida.",
  };
  const wrong = document.querySelector("[aria-invalid], .field-error") !== null;
  for (const field of form.querySelectorAll(".field[data-kind]")) {
    if (wrong && round && !field.matches(".field-error")) continue;
    const inputs = [...field.querySelectorAll("input, textarea")].filter((e) => !["hidden", "file"].includes(e.type));
    const ticks = inputs.filter((e) => ["radio", "checkbox"].includes(e.type));
    if (ticks.length) ticks[0].checked = true;
    else if (field.dataset.kind === "date") inputs.forEach((input, part) => { input.value = date[part]; });
    else if (inputs.length) inputs[0].value = texts[field.dataset.kind] ?? "Kadaka";
  }
}

// From the form that is shown to its check page or confirmation; what a person would do is done by a script of the
// test, so that 18 forms need no 18 hands.
export async function filled(page) {
  for (let round = 0; round < 6; round += 1) {
    await page.evaluate(fillIn, round);
    for (const input of await page.locator("form[data-form] input[type=file]").all()) {
      await input.setInputFiles(/pdf/.test(await input.getAttribute("accept")) ? pdf : photo);
    }
    await Promise.all([page.waitForNavigation(), page.evaluate(() => document.querySelector("form[data-form]").submit())]);
    if (!(await page.locator(".form-errors").count())) return;
  }
  assert.fail(`not taken: ${await page.locator(".form-errors").innerText()}`);
}

// One look at each state: Estonian narrow and dark, the other languages wide and light.
async function looked(page, state, lang, found) {
  const said = found.length;
  const mode = lang === "et" ? "360 dark" : "1280 light";
  await page.setViewportSize(lang === "et" ? { width: 360, height: 740 } : { width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: lang === "et" ? "dark" : "light" });
  await page.evaluate(axe.source);
  found.push(...(await violations(page, `${state} ${mode}`, rules)));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (wide) found.push(`${state}: scrolls sideways at ${mode}`);
  // axe asks for the site's styles from the relay's page, which no browser grants; people's pages ask for none.
  found.splice(said, found.length, ...found.slice(said).filter((line) => !line.startsWith("console: ")));
}

/** Estonian for every form, and one other language for each, unless all of them are asked for. */
const asked = (lang, number) => process.env.RAEKODA_ALL || lang === "et" || lang === ["en", "ru"][number % 2];

export function everyForm(context, origin, forms, none) {
  describe("every state of every form", { concurrency: 2 }, () => {
    for (const lang of languages) {
      for (const form of forms.filter((_, number) => asked(lang, number))) {
        test(`${form} ${lang}`, async () => {
          const page = await (await context({})).newPage();
          const found = [];
          page.on("console", (message) => {
            if (message.type() === "error" && !message.text().includes("422")) found.push(`console: ${message.text()}`);
          });
          page.on("pageerror", (error) => found.push(`script: ${error.message}`));
          await page.goto(origin + address(lang, form));
          await looked(page, "blank", lang, found);
          await Promise.all([page.waitForNavigation(), page.evaluate(() => document.querySelector("form[data-form]").submit())]);
          assert.ok((await page.title()).startsWith(words[lang].error), await page.title());
          assert.equal(await page.getAttribute("html", "lang"), lang);
          await looked(page, "error", lang, found);
          await filled(page);
          if (await page.locator(".answers").count()) {
            await looked(page, "check", lang, found);
            await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: words[lang].send, exact: true }).click()]);
          }
          assert.ok(await page.locator(".receipt").isVisible());
          await looked(page, "confirmation", lang, found);
          assert.equal((await page.context().cookies()).length, 0);
          none(found);
          await page.context().close();
        });
      }
    }
  });
}

export function byHand(context, origin, drop) {
  for (const lang of languages) {
    test(`without scripts: fill, err, mend, check, change, send, confirm (${lang})`, async () => {
      const before = (await readdir(drop)).length;
      const page = await (await context({ javaScriptEnabled: false })).newPage();
      await page.goto(origin + address(lang, "teabenoue"));
      await page.locator("#teabenoue-content").fill("Millal avatakse <b>raamatukogu</b>?");
      await page.locator("#teabenoue-delivery").check();
      await page.locator("#teabenoue-email").fill("mari@");
      await page.getByRole("button", { name: words[lang].forward, exact: true }).click();
      assert.ok((await page.title()).startsWith(words[lang].error), await page.title());
      await page.locator(".form-errors:focus").waitFor();
      assert.equal(await page.locator("#content").inputValue(), "Millal avatakse <b>raamatukogu</b>?");
      const links = page.locator(".form-errors a");
      assert.equal(await links.count(), 2);
      for (const link of await links.all()) {
        const target = page.locator(await link.getAttribute("href"));
        assert.ok(await target.isVisible());
        const message = page.locator(`.field:has(${await link.getAttribute("href")}) .field-message`);
        assert.ok((await message.innerText()).includes(await link.innerText()), "the same words at the field");
      }
      await links.last().click();
      await page.locator("#email:focus").waitFor();
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type("mari@example.org");
      await page.locator("#name").fill("Mari Maasikas");
      await page.getByRole("button", { name: words[lang].forward, exact: true }).click();
      assert.ok(await page.getByText("Millal avatakse <b>raamatukogu</b>?").isVisible());
      await page.getByRole("button", { name: new RegExp(`^${words[lang].change}`) }).first().click();
      await page.locator("#content:focus").waitFor();
      await page.locator("#content").fill("Millal avatakse Kadaka raamatukogu?");
      await page.getByRole("button", { name: words[lang].forward, exact: true }).click();
      await page.getByRole("button", { name: words[lang].send, exact: true }).click();
      assert.match(await page.locator(".receipt-reference").innerText(), /TN-/);
      assert.equal((await page.context().cookies()).length, 0);
      // What was acknowledged is delivered.
      for (let tries = 0; (await readdir(drop)).length === before && tries < 100; tries += 1) {
        await new Promise((later) => setTimeout(later, 100));
      }
      assert.equal((await readdir(drop)).length, before + 1);
      await page.context().close();
    });
  }

  test("with scripts: one step at a time, a draft only if asked for, erased on sending", async () => {
    const page = await (await context({})).newPage();
    const url = origin + address("et", "teabenoue");
    await page.goto(url);
    const next = page.getByRole("button", { name: "Edasi" });
    assert.equal(await page.locator("#teabenoue-email").isVisible(), false);
    await next.click();
    assert.equal(await page.locator(".form-errors a").count(), 2);
    assert.ok(await page.locator(".form-errors:focus").count());
    assert.ok((await page.title()).startsWith("Viga: "));
    await page.locator("#teabenoue-content").fill("Millal avatakse raamatukogu?");
    await page.locator("#teabenoue-delivery-2").check();
    await next.click();
    assert.equal((await page.title()).startsWith("Viga: "), false);
    assert.equal(await page.locator("#teabenoue-content").isVisible(), false);
    assert.ok(await page.locator("#teabenoue-address").isVisible(), "asked, for the answer goes by post");
    await page.getByRole("button", { name: "Tagasi" }).click();
    await page.locator("#teabenoue-delivery").check();
    await next.click();
    assert.equal(await page.locator("#teabenoue-address").isVisible(), false);
    await page.locator("#teabenoue-name").fill("Mari Maasikas");
    await page.locator("#teabenoue-email").fill("mari@");
    await page.keyboard.press("Tab");
    assert.match(await page.locator(".field-message").innerText(), /e-posti aadress/);
    const kept = () => page.evaluate(() => localStorage.getItem("form:teabenoue"));
    assert.equal(await kept(), null);
    await page.locator("#teabenoue-draft").check();
    await page.locator("#teabenoue-email").fill("mari@example.org");
    assert.match(await kept(), /mari@example.org/);
    await page.reload();
    assert.equal(await page.locator("#teabenoue-content").inputValue(), "Millal avatakse raamatukogu?");
    await next.click();
    await page.getByRole("button", { name: words.et.forward, exact: true }).click();
    await page.locator(".answers").first().waitFor();
    const back = await page.context().newPage();
    await back.goto(url);
    assert.equal(await back.evaluate(() => localStorage.length), 0);
    await page.getByRole("button", { name: "Saada", exact: true }).click();
    await page.locator(".receipt-reference").waitFor();
    await page.context().close();
  });

  test("with scripts: while files are sent, one sees how far they are", async () => {
    const page = await (await context({})).newPage();
    await page.goto(origin + address("et", "teeprobleem"));
    const far = [];
    await page.exposeFunction("told", (position) => far.push(position));
    await page.evaluate(() => {
      const look = () => window.told(document.querySelector(".form-sending progress").position);
      new MutationObserver((changes) => changes.some(({ target }) => target.tagName === "PROGRESS") && look())
        .observe(document.body, { subtree: true, attributes: true, attributeFilter: ["value"] });
    });
    await page.locator("form[data-form] input[type=file]").first()
      .setInputFiles({ name: "foto.png", mimeType: "image/png", buffer: Buffer.concat([photo.buffer, Buffer.alloc(3 << 20)]) });
    const network = await page.context().newCDPSession(page);
    await network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1 << 20 });
    await page.evaluate(fillIn, 0);
    await Promise.all([page.waitForNavigation(), page.evaluate(() => document.querySelector("form[data-form]").requestSubmit())]);
    const between = far.filter((position) => position > 0 && position < 1);
    assert.ok(between.length > 1 && between.every((position, at) => !at || position >= between[at - 1]), `seen: ${far}`);
    await page.context().close();
  });

  test("with scripts: a double click on a form of one step sends once", async () => {
    const before = (await readdir(drop)).length;
    const page = await (await context({})).newPage();
    await page.goto(origin + address("et", "tagasiside"));
    await page.locator("#tagasiside-rating-5").check();
    await page.locator("form[data-form=tagasiside] .form-buttons button").dblclick();
    await page.locator(".receipt").waitFor();
    await new Promise((later) => setTimeout(later, 2000));
    assert.equal((await readdir(drop)).length, before + 1);
    await page.context().close();
  });

  // The last one: the form stays watched for ten minutes.
  for (const javaScriptEnabled of [true, false]) {
    test(`a form under attack asks for ${javaScriptEnabled ? "work that the browser does" : "a wait where there are no scripts"}`, async () => {
      const page = await (await context({ javaScriptEnabled })).newPage();
      await page.goto(origin + address("et", "tagasiside"));
      const form = page.locator("form[data-form=tagasiside]");
      const to = await form.getAttribute("action");
      for (let sent = 0; sent < 30; sent += 1) {
        await fetch(to, { method: "POST", body: new URLSearchParams({ rating: "5" }), redirect: "manual" });
      }
      await page.locator("#tagasiside-rating-5").check();
      await form.locator(".form-buttons button").click();
      const status = page.locator(".form-proof [role=status]");
      await status.waitFor();
      // Pressed before the work is done: it is sent when it is.
      await page.getByRole("button", { name: "Saada", exact: true }).click();
      if (javaScriptEnabled) await page.locator(".receipt").waitFor();
      else assert.match(await status.innerText(), /\d\d:\d\d/, "from when on it can be sent");
      await page.context().close();
    });
  }
}
