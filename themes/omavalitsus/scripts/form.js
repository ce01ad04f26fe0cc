// E-forms with a script: one step at a time, what is wrong said on leaving a field, a draft only where it is
// asked for, and one submission from a double click. Without it the form is one page that works as well.
// A classic script: the relay's pages are of another origin, to which browsers give no modules.
(function () {
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? "" });
  // What a condition hides is not asked; what another step hides (data-away) is.
  const asked = (element) => !element.closest("[hidden]");
  // "Add another" and "Remove" send the form without meaning to be done.
  const changesShape = (event) => /^(add|remove|edit):/.test(event.submitter?.value ?? "");

  // The values under a name; a date's parts count as one answer.
  function values(form, name) {
    const parts = [...form.elements].filter((e) => e.name === name || e.name?.startsWith(`${name}.`));
    return parts.filter((e) => asked(e) && (!/radio|checkbox/.test(e.type) || e.checked)).map((e) => e.value.trim()).filter(Boolean);
  }

  // Whether a condition of the definition holds; within a repeated group its own questions come first.
  function holds(form, [[kind, rule]], within) {
    const each = (part) => holds(form, Object.entries(part), within);
    if (kind === "all") return rule.every(each);
    if (kind === "any") return rule.some(each);
    const own = within + rule.field;
    const given = values(form, [...form.elements].some((e) => e.name?.startsWith(own)) ? own : rule.field);
    if (kind === "given") return rule.given === given.length > 0;
    return given.some((value) => rule.values.includes(value)) === (kind === "is");
  }

  function conditions(form) {
    for (const element of all(form, "[data-show-if]")) {
      const row = element.closest(".group-row")?.querySelector("[name]")?.name ?? "";
      const within = row.split(".").slice(0, 2).map((part) => `${part}.`).join("");
      element.hidden = !holds(form, Object.entries(JSON.parse(element.dataset.showIf)), within);
    }
  }

  const controls = (field) => all(field, "input, textarea, select").filter((e) => e.type !== "hidden");

  // What is wrong with an answer, by what the definition says of it; nothing when all is well.
  function wrong(field, asked) {
    const inputs = controls(field);
    const ticks = inputs.filter((e) => /radio|checkbox/.test(e.type));
    const file = inputs.find((e) => e.type === "file");
    const large = file && [...file.files].find((one) => one.size > Number(file.dataset.maxSize));
    if (large) return file.dataset.large.replace("{file}", large.name);
    const typed = inputs.filter((e) => !ticks.includes(e)).map((e) => e.value.trim());
    const given = typed.some(Boolean) || ticks.some((e) => e.checked && e.value) || field.querySelector(".file");
    if (!given) return (asked && field.dataset.missing) || "";
    const { kind, pattern, wrong } = field.dataset;
    const good = kind === "date" ? date(typed) : !pattern || new RegExp(`^(?:${pattern})$`, "iu").test(typed[0].replace(/[\s-]/g, ""));
    return good ? "" : wrong;
  }

  // Days that there are. A month by its name is the relay's to read.
  function date([day, month, year]) {
    if (!day || !month || !year) return false;
    if (!/^\d+\.?$/.test(month)) return true;
    const made = new Date(Date.UTC(Number(year), parseInt(month, 10) - 1, parseInt(day, 10)));
    return made.getUTCDate() === parseInt(day, 10) && made.getUTCFullYear() === Number(year);
  }

  // Puts the message where the relay would put it, or takes it away.
  function say(field, message, words) {
    const old = field.querySelector(".field-message");
    if (old?.dataset.text === message || (!old && !message)) return;
    old?.remove();
    const [first] = controls(field);
    const id = `${first.id}-error`;
    const holder = field.querySelector("fieldset") ?? first;
    const ids = new Set((holder.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    ids.delete(id);
    field.classList.toggle("field-error", Boolean(message));
    for (const input of controls(field)) {
      if (message && !/radio|checkbox/.test(input.type)) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (message) {
      ids.add(id);
      const line = make("p", "field-message");
      Object.assign(line, { id }).dataset.text = message;
      line.append(make("span", "sr", words.error), ` ${message}`);
      const before = field.querySelector("fieldset > :is(.choices, .date)") ?? first.closest(".choice") ?? first;
      before.before(line);
    }
    if (ids.size) holder.setAttribute("aria-describedby", [...ids].join(" "));
    else holder.removeAttribute("aria-describedby");
  }

  // The summary above the form: it has the focus, and each line leads to its field.
  function summary(form, fields, words) {
    form.parentElement.querySelector(".form-errors")?.remove();
    document.title = document.title.replace(words.title, "");
    if (!fields.length) return;
    const box = make("div", "form-errors");
    const title = make("h2", "form-errors-title", words.summary);
    const list = document.createElement("ul");
    title.id = `${form.dataset.form}-errors-title`;
    box.setAttribute("role", "alert");
    box.setAttribute("aria-labelledby", title.id);
    box.tabIndex = -1;
    for (const field of fields) {
      const link = make("a", "", field.querySelector(".field-message").dataset.text);
      link.href = `#${controls(field)[0].id}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        controls(field)[0].focus();
      });
      const line = document.createElement("li");
      line.append(link);
      list.append(line);
    }
    box.append(title, list);
    form.before(box);
    document.title = words.title + document.title;
    box.focus();
  }

  // Looks at all fields that are asked in `part`; true when they are right.
  function right(form, part, words) {
    const fields = all(part, ".field[data-kind]").filter(asked);
    for (const field of fields) say(field, wrong(field, true), words);
    const bad = fields.filter((field) => field.querySelector(".field-message"));
    summary(form, bad, words);
    return !bad.length;
  }

  // One step at a time. A page with errors, or one that leads to a field, stays whole.
  function steps(form, words) {
    const every = all(form, ".form-step");
    if (every.length < 2 || document.querySelector(".form-errors, .form [autofocus]")) return null;
    const rest = all(form, ":scope > :is(.form-privacy, .form-buttons, .form-draft)");
    const place = make("p", "form-progress");
    const bar = make("div", "form-buttons");
    const back = Object.assign(make("button", "button button-secondary", words.back), { type: "button" });
    const next = Object.assign(make("button", "button", words.next), { type: "button" });
    bar.append(next, back);
    every.at(-1).after(bar);
    every[0].before(place);
    let current = every[0];
    const show = (to) => {
      const open = every.filter(asked);
      const at = open.indexOf(to);
      current = to;
      every.forEach((step) => step.toggleAttribute("data-away", step !== to));
      place.textContent = words.step.replace("{n}", at + 1).replace("{m}", open.length);
      back.hidden = at === 0;
      next.hidden = at === open.length - 1;
      rest.forEach((part) => part.toggleAttribute("data-away", !next.hidden));
    };
    const go = (by) => {
      const open = every.filter(asked);
      show(open[open.indexOf(current) + by] ?? current);
      const heading = current.querySelector("h2") ?? place;
      heading.tabIndex = -1;
      heading.focus();
    };
    next.addEventListener("click", () => right(form, current, words) && go(1));
    back.addEventListener("click", () => {
      summary(form, [], words);
      go(-1);
    });
    // Enter in a field goes on, as the button that is seen does.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || next.hidden || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      next.click();
    });
    show(current);
    return {
      refresh: () => show(current),
      whole: () => [...every, ...rest].forEach((part) => part.removeAttribute("data-away")),
    };
  }

  // A draft is kept in this browser only while the box is ticked, and never with files.
  function draft(form, words) {
    const key = `form:${form.dataset.form}`;
    let store = null;
    try {
      store = localStorage;
    } catch {
      // Storage is closed: no drafts.
    }
    // On the relay's own address there is nothing to come back to.
    if (!store || form.closest(".form-page") || all(form, ".field").length < 4) return;
    const box = make("div", "field form-draft");
    const choice = make("div", "choice");
    const tick = Object.assign(document.createElement("input"), { type: "checkbox", id: `${form.dataset.form}-draft` });
    const label = Object.assign(make("label", "", words.draft), { htmlFor: tick.id });
    const hint = Object.assign(make("p", "choice-hint", words.draftHint), { id: `${tick.id}-hint` });
    tick.setAttribute("aria-describedby", hint.id);
    choice.append(tick, label, hint);
    box.append(choice);
    form.querySelector(":scope > .form-buttons").before(box);
    const kept = () => [...form.elements].filter((e) => e.name && !/hidden|file|submit/.test(e.type) && !e.closest(".form-extra"));
    const save = () => {
      if (!tick.checked) return store.removeItem(key);
      const pairs = kept().filter((e) => !/radio|checkbox/.test(e.type) || e.checked).map((e) => [e.name, e.value]);
      store.setItem(key, JSON.stringify(pairs));
    };
    const before = store.getItem(key);
    if (before) {
      tick.checked = true;
      for (const [name, value] of JSON.parse(before)) {
        const found = kept().filter((e) => e.name === name);
        const ticked = found.find((e) => /radio|checkbox/.test(e.type) && e.value === value);
        if (ticked) ticked.checked = true;
        else if (found[0] && !/radio|checkbox/.test(found[0].type)) found[0].value = value;
      }
    }
    form.addEventListener("input", save);
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented && !changesShape(event)) store.removeItem(key); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) save(); });
  }

  // How much has come the relay says: browsers do not tell a page how far the form is that it sends. The page asks
  // until it is left; where it gets no answer, the bar says only that something is going on.
  function follow(form, bar) {
    if (!window.crypto?.randomUUID) return;
    const number = crypto.randomUUID();
    const to = new URL(form.action);
    form.dataset.to = form.getAttribute("action");
    to.searchParams.set("upload", number);
    form.action = to;
    const look = async () => {
      const answer = await fetch(new URL(`arriving/${number}`, to), { credentials: "omit" }).catch(() => null);
      if (!answer || !answer.ok || !bar.isConnected) return;
      if (answer.status === 200) {
        const { received, total } = await answer.json();
        if (total) Object.assign(bar, { max: total, value: received });
      }
      setTimeout(look, 400);
    };
    setTimeout(look, 400);
  }

  // Sent once, however often the button is pressed; with files, it says how far it is.
  function once(form, words) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      if (!words || !all(form, "input[type=file]").some((e) => e.files.length)) return;
      const note = make("p", "form-sending", words.sending);
      note.setAttribute("role", "status");
      const bar = document.createElement("progress");
      note.prepend(bar);
      form.querySelector(":scope > .form-buttons").after(note);
      follow(form, bar);
    });
    window.addEventListener("pageshow", () => {
      delete form.dataset.sent;
      if (form.dataset.to) form.action = form.dataset.to;
      form.querySelector(".form-sending")?.remove();
    });
  }

  // A message that comes or goes while something is pressed would move it from under the finger.
  let pressed = false;
  const waiting = [];
  const calm = (work) => (pressed ? waiting.push(work) : work());
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => setTimeout(() => {
      pressed = false;
      waiting.splice(0).forEach((work) => work());
    }), true);
  }

  function start(form, words) {
    conditions(form);
    all(form, ".field-condition").forEach((line) => { line.hidden = true; });
    let wizard = null;
    form.addEventListener("change", () => {
      conditions(form);
      wizard?.refresh();
    });
    form.addEventListener("focusout", (event) => {
      const field = event.target.closest(".field[data-kind]");
      if (!field || field.contains(event.relatedTarget)) return;
      // An answer that is not there yet is no mistake before the button is pressed.
      calm(() => say(field, wrong(field, Boolean(field.querySelector(".field-message"))), words));
    });
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent || changesShape(event) || right(form, form, words)) return;
      wizard?.whole();
      event.preventDefault();
    });
    draft(form, words);
    wizard = steps(form, words);
  }

  for (const form of all(document, "form:is([data-form], .feedback):not([data-ready])")) {
    form.dataset.ready = "";
    const words = form.dataset.words && JSON.parse(form.dataset.words);
    if (words) start(form, words);
    once(form, words);
  }
})();
