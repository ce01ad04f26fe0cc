// What holds on every page, looked at in one visit: no accessibility mistakes in light and dark, narrow and wide;
// nothing runs out of the window or is cut off; nothing is said in the console, asked elsewhere or stored.
import axe from "axe-core";

export const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const narrow = { width: 360, height: 740 };
const wide = { width: 1280, height: 900 };

export async function violations(page, mode, runOnly) {
  const found = await page.evaluate(
    (runOnly) => axe.run(document, { runOnly, resultTypes: ["violations"] }).then((result) => result.violations),
    runOnly,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${mode}: ${id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split("\n")[1]?.trim()})`));
}

// WCAG 1.4.10: at 320 px nothing but tables and pictures scrolls sideways.
function overflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 3).map((e) => `320 px: ${e.outerHTML.slice(0, 120)} is ${Math.round(e.getBoundingClientRect().right)} px wide`);
}

// WCAG 1.4.12: with the reader's own spacing no text is cut off.
function spacing() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
  document.adoptedStyleSheets = [sheet];
  const cut = (e) => {
    const style = getComputedStyle(e);
    const hides = style.overflowX !== "visible" && style.overflowX !== "auto" && style.overflowX !== "scroll";
    return hides && e.clientWidth > 1 && e.textContent.trim() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
  };
  const found = [...document.querySelectorAll("body *")].filter(cut).map((e) => `text spacing: ${e.outerHTML.slice(0, 120)}`);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push("text spacing: the page scrolls sideways");
  document.adoptedStyleSheets = [];
  return found.slice(0, 3);
}

// WCAG 2.5.8: what is pressed is 24 px wide and high, or has a circle of 24 px of its own; links in sentences excepted.
function targets() {
  const boxes = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=tab]")]
    .map((e) => ({ e, box: e.getBoundingClientRect() }))
    .filter(({ e, box }) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 1 && box.height > 1);
  const inline = (e) => getComputedStyle(e).display === "inline" && [...e.parentElement.childNodes].some((n) => n !== e && n.textContent.trim());
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  const crowded = ({ e, box }) => {
    const [x, y] = middle(box);
    return boxes.some((other) => {
      if (other.e === e || other.e.contains(e) || e.contains(other.e)) return false;
      const near = [Math.max(other.box.left, Math.min(x, other.box.right)), Math.max(other.box.top, Math.min(y, other.box.bottom))];
      return Math.hypot(near[0] - x, near[1] - y) < 12;
    });
  };
  const label = (e) => e.labels?.[0]?.getBoundingClientRect().height >= 24;
  return boxes
    .filter((one) => (one.box.width < 24 || one.box.height < 24) && !inline(one.e) && !label(one.e) && crowded(one))
    .slice(0, 3)
    .map(({ e, box }) => `target: ${e.outerHTML.slice(0, 120)} is ${Math.round(box.width)}×${Math.round(box.height)} px`);
}

// With the system's own colours (WCAG's "forced colors") nothing that is pressed or filled in loses its edge:
// a control that is drawn by its background alone would vanish.
function edges() {
  return [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, .button")]
    .filter((e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getBoundingClientRect().width > 1)
    .filter((e) => {
      const style = getComputedStyle(e);
      const native = e.type === "file" || (style.appearance !== "none" && /^(checkbox|radio|range)$/.test(e.type));
      const edge = (side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none";
      return !native && !edge("Bottom") && !e.textContent.trim() && !e.querySelector("svg");
    })
    .slice(0, 3)
    .map((e) => `forced colours: ${e.outerHTML.slice(0, 120)} has no edge`);
}

const contrast = { type: "rule", values: ["color-contrast"] };
// Other ways a reader may want the colours. The tokens are the same on all pages, so that each page takes one of these.
const colours = [
  { mode: "1280 dark", media: { colorScheme: "dark" } },
  { mode: "1280 more contrast", media: { colorScheme: "light", contrast: "more" } },
  { mode: "1280 dark, more contrast", media: { colorScheme: "dark", contrast: "more" } },
  { mode: "1280, high contrast chosen in the panel", media: {}, chosen: "more" },
];

// Listens to what a page says, asks and gets; `told` is emptied for each visit.
async function opened(newContext, origin) {
  const context = await newContext({ viewport: wide });
  const page = await context.newPage();
  const told = [];
  page.on("console", (message) => told.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => told.push(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) told.push(`asked elsewhere: ${request.url()}`);
  });
  page.on("response", (response) => {
    const expected = response.url().endsWith("/404.html") || response.status() < 400;
    if (!expected) told.push(`answer ${response.status()}: ${response.url()}`);
  });
  return { context, page, told };
}

// Gives a function that says all that is wrong with the page at an address of the site at `origin`. All pages are
// looked at in light and wide, dark and narrow, and in one way more. Pages of the browser are used again.
export function visitor(newContext, origin) {
  const idle = [];
  let visits = 0;
  return async (url) => {
    const used = idle.pop() ?? await opened(newContext, origin);
    const { context, page, told } = used;
    const found = [];
    told.length = 0;
    await page.emulateMedia({ colorScheme: "light", contrast: "no-preference", forcedColors: "none" });
    await page.setViewportSize(wide);
    await page.goto(origin + url, { waitUntil: "load" });
    await page.evaluate(axe.source);
    found.push(...await violations(page, "1280 light", rules));
    found.push(...await page.evaluate(targets));
    const { mode, media, chosen } = colours[visits % colours.length];
    visits += 1;
    await page.emulateMedia(media);
    if (chosen) await page.evaluate((contrast) => { document.documentElement.dataset.contrast = contrast; }, chosen);
    found.push(...await violations(page, mode, contrast));
    await page.evaluate(() => { delete document.documentElement.dataset.contrast; });
    await page.emulateMedia({ colorScheme: "light", contrast: "no-preference", forcedColors: "active" });
    found.push(...await page.evaluate(edges));
    await page.emulateMedia({ colorScheme: "dark", forcedColors: "none" });
    await page.setViewportSize(narrow);
    found.push(...await violations(page, "360 dark", rules));
    found.push(...await page.evaluate(targets));
    await page.setViewportSize({ width: 320, height: 640 });
    found.push(...await page.evaluate(overflow));
    found.push(...await page.evaluate(spacing));
    const kept = await page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)));
    if (kept.length) found.push(`stored without a choice: ${kept}`);
    if ((await context.cookies()).length) found.push("a cookie is set");
    found.push(...told);
    idle.push(used);
    return [...new Set(found)];
  };
}
