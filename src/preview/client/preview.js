// The preview's part of a page: hears of changes, loads what changed, says what is wrong. No built site has it.
(() => {
  const script = document.currentScript;
  let print = script.dataset.print;
  const page = decodeURIComponent(location.pathname);
  const kept = `raekoda:${page}`;

  const words = {
    et: {
      preview: "Eelvaade", problems: "Seda muudatust ei saa veel näidata", stays: "Näha on viimane korras leht. See teade kaob, kui viga on parandatud.",
      close: "Peida", source: "Fail", copy: "Kopeeri asukoht", copied: "Kopeeritud", edit: "Ava redaktoris", findings: "Tähelepanekud sellel lehel",
      none: "Sellel lehel ei ole midagi märkida.", pages: "Kõik lehed", why: "Miks leht viimati uuesti tehti", day: "Näita saiti päeval", today: "Täna", drafts: "Mustandid", errors: (n) => `Vigu: ${n}`, lost: "Eelvaade ei tööta. Käivitage raekoda serve uuesti.",
    },
    en: {
      preview: "Preview", problems: "This change cannot be shown yet", stays: "You see the last good page. This message goes when the mistake is mended.",
      close: "Hide", source: "File", copy: "Copy the path", copied: "Copied", edit: "Open in editor", findings: "Findings on this page",
      none: "Nothing to note on this page.", pages: "All pages", why: "Why the page was made again last", day: "Show the site on", today: "Today", drafts: "Drafts", errors: (n) => `Errors: ${n}`, lost: "The preview has stopped. Start raekoda serve again.",
    },
  };

  // Elements are made from parts, so that no text becomes markup.
  const make = (name, attributes = {}, ...parts) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...parts.filter((part) => part !== null && part !== undefined));
    return element;
  };

  const host = make("raekoda-preview");
  const shadow = host.attachShadow({ mode: "open" });
  const place = make("div");
  shadow.append(make("link", { rel: "stylesheet", href: "/__raekoda/preview.css" }), place);

  let dismissed = "";
  let open = false;

  const found = (item, say) => make("li", {},
    make("p", {}, item.message),
    item.line ? make("pre", {}, item.line) : null,
    item.help ? make("p", {}, item.help) : null,
    item.place ? make("p", {}, item.editor ? make("a", { href: item.editor, title: say.edit }, item.place) : item.place) : null);

  const overlay = (state, say) => {
    const key = JSON.stringify(state.problems);
    if (!state.problems.length || dismissed === key) return null;
    const hide = () => { dismissed = key; draw(state); };
    return make("div", { class: "overlay", role: "alertdialog", "aria-labelledby": "raekoda-problems" },
      make("div", { tabindex: "-1" },
        make("h1", { id: "raekoda-problems" }, say.problems),
        make("p", {}, say.stays),
        make("ul", {}, ...state.problems.slice(0, 20).map((item) => found(item, say))),
        make("button", { type: "button", click: hide }, say.close)));
  };

  const settings = (state, say) => {
    const at = (values) => fetch("/__raekoda/at", { method: "POST", body: new URLSearchParams(values) });
    return make("p", { class: "actions" },
      make("label", {}, say.day, " ", make("input", { type: "date", value: state.at, change: (event) => at({ at: event.target.value, drafts: state.drafts }) })),
      make("button", { type: "button", click: () => at({ at: "", drafts: state.drafts }) }, say.today),
      make("label", {}, make("input", { type: "checkbox", checked: state.drafts, change: (event) => at({ at: state.fixed ? state.at : "", drafts: event.target.checked }) }), " ", say.drafts));
  };

  const panel = (state, say) => {
    const copy = (event) => navigator.clipboard?.writeText(state.absolute).then(() => { event.target.textContent = say.copied; });
    const marks = [say.preview, ...state.states];
    if (state.problems.length) marks.push(say.errors(state.problems.length));
    if (state.findings.length) marks.push(`${state.findings.length}`);
    const source = state.path ? [
      make("h2", {}, say.source),
      make("p", {}, make("code", { class: "source" }, state.path)),
      make("p", { class: "actions" }, make("button", { type: "button", click: copy }, say.copy), make("a", { href: state.editor }, say.edit)),
    ] : [];
    return make("details", { open, toggle: (event) => { open = event.target.open; } },
      make("summary", {}, marks.join(" · ")),
      make("div", { class: "content" },
        ...source,
        make("h2", {}, say.findings),
        state.findings.length ? make("ul", {}, ...state.findings.map((item) => found(item, say))) : make("p", {}, say.none),
        ...(state.why?.length ? [make("h2", {}, say.why), make("ul", { class: "why" }, ...state.why.map((query) => make("li", {}, make("code", {}, query))))] : []),
        settings(state, say),
        make("p", {}, make("a", { href: "/__raekoda/pages" }, say.pages))));
  };

  const draw = (state) => {
    const say = words[state.language] ?? words.en;
    place.replaceChildren(...[make("div", { class: "panel" }, panel(state, say)), overlay(state, say)].filter(Boolean));
    place.querySelector(".overlay > div")?.focus();
  };

  const look = () => fetch(`/__raekoda/page?url=${encodeURIComponent(page)}`).then((answer) => answer.json()).then(draw).catch(() => {});

  // Where one was on the page, and what was open, is kept over a reload.
  const keep = () => {
    const opened = [...document.querySelectorAll("details")].map((element) => element.open);
    sessionStorage.setItem(kept, JSON.stringify({ y: scrollY, opened, open, dismissed }));
  };
  const restore = () => {
    const state = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    sessionStorage.removeItem(kept);
    if (!state) return;
    [...document.querySelectorAll("details")].forEach((element, at) => { if (at < state.opened.length) element.open = state.opened[at]; });
    ({ open, dismissed } = state);
    scrollTo({ top: state.y, behavior: "instant" });
  };

  const restyle = (sheets) => {
    const links = [...document.querySelectorAll('link[rel~="stylesheet"]')];
    for (const [before, now, integrity] of sheets) {
      const old = links.find((link) => link.getAttribute("href") === before);
      if (!old) return false;
      const link = old.cloneNode();
      link.setAttribute("href", now);
      if (integrity) link.integrity = integrity;
      link.addEventListener("load", () => old.remove());
      old.after(link);
    }
    return true;
  };

  const listen = () => {
    const events = new EventSource(`/__raekoda/events?page=${encodeURIComponent(page)}&print=${print}`);
    events.addEventListener("message", (event) => {
      const state = JSON.parse(event.data);
      if (state.print !== print) {
        if (!state.styles || !restyle(state.styles)) {
          events.close();
          keep();
          location.reload();
          return;
        }
        print = state.print;
      }
      look();
    });
    addEventListener("pagehide", () => events.close());
  };

  document.documentElement.append(host);
  restore();
  look();
  listen();
})();
