// The site's search: suggestions below the search fields. The page of results is shown by search-results.js. The
// index is made with the site (search/<language>/): the browser finds lines in it and adds numbers.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Uint8Array(128);
[...LETTERS].forEach((letter, value) => (VALUES[letter.charCodeAt(0)] = value));
const digit = (text, at) => VALUES[text.charCodeAt(at)];

// ---- Words -------------------------------------------------------------------------------------

// Lower case, Latin letters without their marks, ё as е.
export function fold(text) {
  return text.normalize("NFC").toLowerCase().replaceAll("\u00ad", "").replaceAll("ё", "е")
    .replace(/[\u00c0-\u024f]/g, (c) => c.normalize("NFD")[0]);
}

export function words(text) {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

// The light stemmer for Estonian; src/search/estonian.rs takes the same steps.
export function estonian(word, rules) {
  if (!/^[a-z]+$/.test(word)) return word;
  const irregular = (w) => {
    if (Object.hasOwn(rules.words, w)) return rules.words[w];
    for (const tail in rules.tails) {
      const before = w.length - tail.length;
      if ((before === 0 || before >= 3) && w.endsWith(tail)) return w.slice(0, before) + rules.tails[tail];
    }
  };
  const vowel = (w) => /[aeiou]$/.test(w);
  const long = (w) => /(aa|ee|ii|oo|uu)$/.test(w);
  const longWord = (w) => rules.long.some((l) => w === l || (w.length > l.length + 2 && w.endsWith(l)));
  const bare = (w) => w.slice(0, 3) + w.slice(3).replace(/[aeiou]+$/, "");
  const known = irregular(word);
  if (known) return known;
  if (word.length < 4 || rules.kept.some((end) => word.endsWith(end))) return even(word);

  let rest = word;
  let cased = false;
  if (!/[ui]s$/.test(word)) {
    for (const ending of rules.cases) {
      const w = word.slice(0, -ending.length);
      if (!word.endsWith(ending) || !vowel(w)) continue;
      const odd = irregular(w);
      if (odd) return odd;
      const short = ending.length === 1;
      if (w.length >= 3 && (!short || (long(w) ? longWord(w) : w.length >= 4))) {
        rest = w;
        cased = true;
        break;
      }
    }
  }
  const strip = (ending, fits) => {
    const w = rest.slice(0, -ending.length);
    if (!rest.endsWith(ending) || w.length < 3 || !fits(w)) return false;
    rest = w;
    return true;
  };
  const four = (w) => w.length > 3 && vowel(w);
  strip("ide", () => true)
    || strip("de", (w) => vowel(w) && (w.length > 3 || cased || longWord(w)))
    || strip("te", (w) => /[aeioulrs]$/.test(w) && (cased || w.length > 4))
    || cased
    || strip("sid", vowel) || strip("takse", four) || strip("dakse", four) || strip("vad", four)
    || strip("tud", four) || strip("da", four) || strip("d", vowel) || strip("b", vowel)
    || strip("t", (w) => (/[aeious]$/.test(w) && w.length > 3 && !long(w)) || w.endsWith("ii"));
  const odd = irregular(rest);
  if (odd) return odd;
  rest = bare(rest);
  if (rest.length >= 5 && /[aeiou][sn]$/.test(rest) && !long(rest.slice(0, -1))) rest = bare(rest.slice(0, -1));
  if (rest.length >= 6 && /[^aeiou][aeiu]m$/.test(rest)) rest = rest.slice(0, -2);
  const stem = even(rest);
  return irregular(stem) ?? stem;
}

// Grades of the last consonants made even.
function even(word) {
  return word.replace(/([^aeiou])\1$/, "$1").replace(/(ld|lt|nd|nt|mb|rd|rt)$/, (pair) => pair[0])
    .replace(/([^aeiou])e([rl])$/, "$1$2").replace(/b$/, "p").replace(/d$/, "t").replace(/g$/, "k");
}

// Whether two words differ by one letter missing, added or changed, or two that changed places.
export function near(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const x = a.slice(start, a.length - end);
  const y = b.slice(start, b.length - end);
  return x.length + y.length <= 2 && (x.length < 2 && y.length < 2)
    || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]);
}

// ---- The index ---------------------------------------------------------------------------------

// What pages are worth to a word; of several ways to a page the best counts.
class Scores {
  constructor(count) {
    this.of = new Float64Array(count);
    this.pages = [];
  }

  raise(page, score) {
    const before = this.of[page];
    if (!before) this.pages.push(page);
    if (score > before) this.of[page] = score;
  }
}

// Pages by their worth, of equal ones the first. Numbers sort ten times faster by themselves than by a function.
function sorted(pages, worth) {
  const keys = new Float64Array(pages.length);
  pages.forEach((page, at) => (keys[at] = Math.round(worth[page] * 4096) * -1048576 + page));
  keys.sort();
  return pages.map((_, at) => (keys[at] % 1048576 + 1048576) % 1048576);
}

export class Index {
  // `read(name)` gives the text of a file of the index.
  static async open(read) {
    return new Index(read, JSON.parse(await read("index.json")));
  }

  constructor(read, index) {
    Object.assign(this, index);
    this.files = new Map();
    this.read = (name) => {
      if (!this.files.has(name)) this.files.set(name, read(name));
      return this.files.get(name);
    };
    this.entries = {};
    this.stop = new Set(this.stop.split(/\s+/));
    this.days = [];
    let day = 0;
    numbers(this.dates, 0, this.dates.length, (n) => this.days.push((day += n % 2 ? (n + 1) / 2 : -n / 2)));
  }

  scores() {
    return new Scores(this.days.length);
  }

  shard(term) {
    let from = 0;
    let to = this.shards.length;
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (this.shards[middle][0] <= term) from = middle;
      else to = middle;
    }
    return this.shards.length ? this.read(this.shards[from][1]) : "";
  }

  async has(term) {
    return (await this.shard(term)).includes(`\n${term}\t`);
  }

  // The index's stem of a word, if it has one.
  async stem(word) {
    if (this.estonian) {
      const stem = estonian(word, this.estonian);
      return await this.has(stem) ? stem : undefined;
    }
    if (!this.forms) return await this.has(word) ? word : undefined;
    if (Object.hasOwn(this.forms.odd, word)) return this.forms.odd[word];
    for (const [ending, instead] of this.forms.endings) {
      if (!word.endsWith(ending) || word.length - ending.length < 2) continue;
      const stem = word.slice(0, word.length - ending.length) + instead;
      if (await this.has(stem)) return stem;
    }
  }

  // Adds the pages of a stem to `scores`.
  async add(scores, term, worth) {
    const shard = await this.shard(term);
    const at = shard.indexOf(`\n${term}\t`);
    if (at >= 0) this.line(scores, shard, at + term.length + 2, worth);
  }

  line(scores, shard, from, worth) {
    const end = shard.indexOf("\n", from);
    while (from < end) {
      let to = shard.indexOf(".", from);
      if (to < 0 || to > end) to = end;
      const score = worth * 2 ** (digit(shard, from) / 6);
      let page = 0;
      numbers(shard, from + 1, to, (n) => scores.raise((page += n), score));
      from = to + 1;
    }
  }

  // Stems that begin so, while a word is being typed.
  async addBeginning(scores, start, worth) {
    const shard = await this.shard(start);
    let at = shard.indexOf(`\n${start}`);
    for (let count = 0; at >= 0 && count < 40; count += 1) {
      const tab = shard.indexOf("\t", at);
      if (tab < 0) break;
      this.line(scores, shard, tab + 1, worth);
      const next = shard.indexOf("\n", tab);
      at = shard.startsWith(start, next + 1) ? next : -1;
    }
  }

  // What the index holds in place of a word: two known ones written together; one with a letter wrong;
  // or at the least the last part of a compound.
  async mend(word, whole) {
    this.common ??= this.read(this.words).then((text) =>
      new Map(text.split("\n").filter(Boolean).map((line) => [line.slice(0, -1), digit(line, line.length - 1)])));
    const common = await this.common;
    const stem = (w) => (this.estonian ? estonian(w, this.estonian) : w);
    const known = (w) => w.length > 2 && common.has(stem(w)) && stem(w).length > 2;
    const cuts = this.estonian ? [...Array(Math.max(0, word.length - 5)).keys()].map((i) => i + 3) : [];
    const cut = cuts.find((at) => known(word.slice(0, at)) && known(word.slice(at)));
    if (cut) return [stem(word.slice(0, cut)), stem(word.slice(cut))];
    if (whole || word.length < 4) return [];
    const wanted = stem(word);
    let best;
    let most = -1;
    for (const [term, count] of common) {
      // The mistake may stand where the stem ends, so that the ending is not seen.
      const starts = term.length > 4 && word.length > term.length && word.length - term.length < 4 ? [word.slice(0, term.length), word.slice(0, term.length + 1)] : [];
      const worth = near(wanted, term) || near(word, term) ? 100 + count : starts.some((s) => near(s, term)) ? count : -1;
      if (worth > most && term.length > 2) [best, most] = [term, worth];
    }
    if (best) return [best];
    const tail = cuts.find((at) => word.length - at > 3 && known(word.slice(at)));
    return tail ? [stem(word.slice(tail))] : [];
  }

  // Pages for a query, the best first: their numbers, and the stems that found them.
  async find(query, typing = false) {
    const all = words(query);
    const asked = all.filter((word) => !this.stop.has(word));
    const list = asked.length ? asked : all;
    const stems = await Promise.all(list.map((word) => this.stem(word)));
    const used = new Set(stems.filter(Boolean));
    const found = [];
    let mended = false;
    for (const [at, word] of list.entries()) {
      const scores = this.scores();
      const last = typing && at === list.length - 1;
      if (stems[at]) await this.add(scores, stems[at], 1);
      if (last && word.length > 1) await this.addBeginning(scores, word, 0.6);
      const key = stems[at] ?? (this.estonian ? estonian(word, this.estonian) : word);
      for (const other of this.synonyms[key] ?? []) {
        used.add(other);
        await this.add(scores, other, 0.55);
      }
      // `lasteaia koht` is written together, too.
      for (const pair of this.estonian ? [list[at - 1] && list[at - 1] + word, list[at + 1] && word + list[at + 1]] : []) {
        const joined = pair && await this.stem(pair);
        if (joined) {
          used.add(joined);
          await this.add(scores, joined, 0.8);
        }
      }
      // What is rare as one word may stand on other pages as two.
      if (!last && scores.pages.length < 5 && !/\d/.test(word)) {
        const known = scores.pages.length > 0;
        const parts = await this.mend(word, known);
        const each = parts.map(() => this.scores());
        for (const [i, part] of parts.entries()) {
          used.add(part);
          await this.add(each[i], part, known ? 0.35 : 0.7);
        }
        for (const page of new Set(each.flatMap((some) => some.pages))) {
          const all = each.every((some) => some.of[page]);
          if (known && !all) continue;
          scores.raise(page, each.reduce((sum, some) => sum + some.of[page], 0) / (all ? 1 : 4));
        }
        mended ||= !known && parts.length === 1;
      }
      found.push(scores);
    }
    const best = this.best.filter(([terms]) => terms.length && terms.every((term) => used.has(term)) && stems.filter(Boolean).every((s) => terms.includes(s)));
    const total = this.scores();
    for (const { pages } of found) {
      for (const page of pages) {
        if (total.of[page]) continue;
        let sum = 0;
        let count = 0;
        for (const { of } of found) {
          sum += of[page];
          count += of[page] > 0;
        }
        total.raise(page, sum * (count / list.length) ** 1.5);
      }
    }
    // Pages that have a word of many in passing are no answer.
    const least = total.pages.reduce((most, page) => Math.max(most, total.of[page]), 0) * 0.1;
    for (const [, page] of best) total.raise(page, 1e6);
    const pages = total.pages.filter((page) => total.of[page] >= least);
    return { pages: sorted(pages, total.of), stems: used, best: new Set(best.map(([, page]) => page)), mended };
  }

  // Address, title, summary and date of a page.
  async page(number) {
    const name = this.blocks[Math.floor(number / this.block)];
    const block = await (this.entries[name] ??= this.read(name).then(JSON.parse));
    const [url, title, summary, date] = block[number % this.block];
    return { url, title, summary, date, type: this.types.find(([, , from, to]) => number >= from && number < to) };
  }
}

function numbers(text, from, to, use) {
  let number = 0;
  let shift = 1;
  for (let at = from; at < to; at += 1) {
    const value = digit(text, at);
    number += (value % 32) * shift;
    if (value < 32) {
      use(number);
      number = 0;
      shift = 1;
    } else shift *= 32;
  }
}

// ---- The field ---------------------------------------------------------------------------------

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// Suggestions: a combobox with a list of pages (WAI-ARIA Authoring Practices, "list autocomplete").
function suggest(input, open, serial) {
  const list = make("ul", { id: `suggestions-${serial}`, class: "suggestions", role: "listbox", "aria-label": input.labels[0]?.textContent });
  list.hidden = true;
  input.closest(".search-row").append(list);
  for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-haspopup": "listbox" })) input.setAttribute(key, value);
  let chosen = -1;
  let turn = 0;
  const show = (shown) => {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) choose(-1);
  };
  const choose = (at) => {
    chosen = at;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const update = async () => {
    const mine = (turn += 1);
    const query = input.value.trim();
    if (query.length < 2) return show(false);
    const index = await open();
    const found = await index.find(query, true);
    const pages = await Promise.all(found.pages.slice(0, 6).map((page) => index.page(page)));
    if (mine !== turn) return;
    list.replaceChildren(...pages.map((page, i) => {
      const option = make("li", { id: `${list.id}-${i}`, role: "option", "aria-selected": "false", "data-url": page.url }, page.title);
      if (page.type) option.append(" ", make("small", {}, page.type[1]));
      return option;
    }));
    show(pages.length > 0 && document.activeElement === input);
  };
  const safely = () => update().catch(() => show(false));
  input.addEventListener("focus", () => open().catch(() => {}), { once: true });
  input.addEventListener("input", safely);
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) {
      event.preventDefault();
      show(false);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.url);
    } else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((chosen + step + 1 + count + 1) % (count + 1)) - 1);
    }
  });
  // The field keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-url]");
    if (option) location.assign(option.dataset.url);
  });
  // Who types faster than this script comes has words in the field already.
  if (document.activeElement === input) safely();
}

if (globalThis.document) {
  const folder = `/search/${document.documentElement.lang}/`;
  let index;
  const open = () => (index ??= Index.open(async (name) => {
    const answer = await fetch(folder + name, name === "index.json" ? { cache: "no-cache" } : {});
    if (!answer.ok) throw new Error(name);
    return answer.text();
  }));
  const inputs = [...document.querySelectorAll('form.search input[name="filters[keyword]"]')];
  inputs.forEach((input, serial) => suggest(input, open, serial));
  const box = document.getElementById("search-results");
  if (box) {
    const { results } = await import(box.dataset.script);
    results(box, document.querySelector('main input[name="filters[keyword]"]'), { open, fold, estonian, make });
  }
}
