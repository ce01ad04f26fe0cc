// The page of results of the site's search: filters, order, pages, and the words found in their context.

const PER_PAGE = 10;

// The words of the text around those that were asked for, with these marked.
function excerpt(index, text, stems, { fold, estonian, make }) {
  const parts = text.replace(/\s+/g, " ").trim().split(/([\p{L}\p{N}\u00ad]+)/u);
  const list = [...stems];
  const fits = (word) => {
    const plain = fold(word);
    if (!index.estonian) return list.some((stem) => plain.startsWith(stem) || (plain.length > 3 && stem.startsWith(plain)));
    const stem = estonian(plain, index.estonian);
    return list.some((s) => stem === s || (s.length > 3 && (stem.startsWith(s) || stem.endsWith(s))));
  };
  const hits = parts.map((part, i) => i % 2 === 1 && fits(part));
  const width = 56;
  let best = 0;
  let most = -1;
  for (let at = 0; at < parts.length; at += 1) {
    if (!hits[at]) continue;
    const kinds = new Set();
    for (let i = at; i < at + width; i += 1) if (hits[i]) kinds.add(fold(parts[i]).slice(0, 5));
    if (kinds.size > most) [best, most] = [at, kinds.size];
  }
  if (most < 0) return null;
  const from = Math.max(0, best - 16);
  const shown = parts.slice(from, from + width).map((part, i) => (hits[from + i] ? make("mark", {}, part) : part));
  return [from > 0 ? "… " : "", ...shown, from + width < parts.length ? " …" : ""];
}

async function textOf(url) {
  const [path, id] = url.split("#");
  const answer = await fetch(path);
  if (!answer.ok) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = (id && page.getElementById(decodeURIComponent(id))) || page.querySelector("main") || page.body;
  main.querySelectorAll("nav, aside, h1, script, style, svg, button, select, template, noscript, .ask, .link-list, .tags, .about, [data-pagefind-ignore]").forEach((e) => e.remove());
  main.querySelectorAll("p, li, dt, dd, td, h2, h3, summary, a").forEach((e) => e.append(" "));
  return main.textContent;
}

// Shows what the address asks for, and writes the addresses that OVP uses. `search` is what search.js brings along.
export function results(box, input, search) {
  const { open, make } = search;
  const words = box.dataset;
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const count = (n) => (words[plural.select(n)] ?? words.many).replace(/\d+/, n.toLocaleString(document.documentElement.lang));
  const read = () => {
    const asked = new URLSearchParams(location.search);
    const get = (...names) => names.map((name) => asked.get(name)).find(Boolean) ?? "";
    return {
      keyword: get("filters[keyword]", "query", "q"), type: get("filters[type]"), theme: get("filters[theme]"),
      sort: get("sort", "sort_by"), page: Math.max(1, Number.parseInt(get("page"), 10) || 1),
    };
  };
  const address = (asked, page) => {
    const set = { "filters[keyword]": asked.keyword, "filters[type]": asked.type, "filters[theme]": asked.theme, sort: asked.sort, page: page > 1 ? page : "" };
    return `?${new URLSearchParams(Object.entries(set).filter(([, value]) => value))}`;
  };
  const go = (asked) => {
    history.pushState(null, "", address(asked, 1));
    show();
  };
  const choice = (label, options, chosen, set) => {
    const select = make("select", {}, ...options.map(([value, text]) => {
      const option = make("option", { value }, text);
      option.selected = value === chosen;
      return option;
    }));
    select.addEventListener("change", () => set(select.value));
    return make("label", {}, make("span", {}, label), select);
  };
  async function show(first) {
    const asked = read();
    input.value = asked.keyword;
    if (!asked.keyword.trim()) return box.replaceChildren();
    const index = await open();
    const found = await index.find(asked.keyword);
    const type = index.types.find(([name, label]) => name === asked.type || label.toLowerCase() === asked.type.toLowerCase());
    const theme = index.themes.find(([label]) => label === asked.theme);
    const ofType = (page, t = type) => !t || (page >= t[2] && page < t[3]);
    const ofTheme = (page, t = theme) => !t || t[1].some((from, i) => i % 2 === 0 && page >= from && page < t[1][i + 1]);
    const pages = found.pages.filter((page) => ofType(page) && ofTheme(page));
    if (asked.sort === "created") pages.sort((a, b) => index.days[b] - index.days[a]);
    const many = Math.ceil(pages.length / PER_PAGE);
    const at = Math.min(asked.page, Math.max(1, many));
    const shown = await Promise.all(pages.slice((at - 1) * PER_PAGE, at * PER_PAGE).map(async (page) => ({ number: page, ...(await index.page(page)) })));

    const counted = (list, fits, others) => list.map((item) => [item, found.pages.filter((page) => fits(page, item) && others(page)).length]).filter(([, n]) => n);
    const types = counted(index.types, ofType, (page) => ofTheme(page)).map(([t, n]) => [t[1], `${t[1]} (${n})`]);
    const themes = counted(index.themes, ofTheme, (page) => ofType(page)).map(([t, n]) => [t[0], `${t[0]} (${n})`]);
    const status = make("p", { class: "search-count", role: "status" }, pages.length ? count(pages.length) : words.none);
    if (found.mended) status.append(` ${words.mended}`);
    const filters = make("div", { class: "search-filters" },
      choice(words.type, [["", words.all], ...types], type?.[1] ?? "", (value) => go({ ...asked, type: value })),
      choice(words.theme, [["", words.all], ...themes], theme?.[0] ?? "", (value) => go({ ...asked, theme: value })),
      choice(words.sort, [["", words.score], ["created", words.created]], asked.sort === "created" ? "created" : "", (value) => go({ ...asked, sort: value })));
    const list = make("ol", { class: "search-list" });
    if (at > 1) list.setAttribute("start", (at - 1) * PER_PAGE + 1);
    for (const page of shown) {
      const text = make("p", {}, page.summary ?? "");
      const about = make("p", { class: "search-about" }, page.type?.[1] ?? "");
      if (page.date) about.append(" · ", make("time", { datetime: page.date }, new Date(page.date).toLocaleDateString(document.documentElement.lang)));
      if (found.best.has(page.number)) about.prepend(make("strong", {}, words.best), " · ");
      list.append(make("li", {}, make("h2", {}, make("a", { href: page.url }, page.title)), text, about));
      // A summary with the words says it best; else the page is read for the place where they stand.
      const around = excerpt(index, page.summary ?? "", found.stems, search);
      if (around) text.replaceChildren(...around);
      else {
        textOf(page.url).then((whole) => {
          const shown = excerpt(index, whole, found.stems, search);
          if (shown) text.replaceChildren(...shown);
        }, () => {});
      }
    }
    const steps = make("nav", { class: "search-pages", "aria-label": words.pages });
    const step = (to, label, rel) => steps.append(make("a", { href: address(asked, to), rel, class: "button" }, label));
    if (at > 1) step(at - 1, words.previous, "prev");
    if (at < many) step(at + 1, words.next, "next");
    box.replaceChildren(status, ...(found.pages.length ? [filters] : []), list, ...(many > 1 ? [steps] : []));
    if (!first) status.scrollIntoView({ block: "nearest" });
  }
  const safely = (first) => show(first).catch(() => box.replaceChildren(make("p", { role: "status" }, words.failed)));
  addEventListener("popstate", () => safely());
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    go({ keyword: input.value });
  });
  safely(true);
}
