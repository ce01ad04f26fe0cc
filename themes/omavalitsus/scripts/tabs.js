// Tabs after the ARIA pattern. Without this script the parts stand one below the other.
let count = 0;

function show(tabs, index, focus) {
  tabs.forEach(({ button, part }, i) => {
    const on = i === index;
    button.setAttribute("aria-selected", String(on));
    button.tabIndex = on ? 0 : -1;
    part.hidden = !on;
    if (on && focus) button.focus();
  });
}

for (const box of document.querySelectorAll("[data-tabs]:not([data-ready])")) {
  box.dataset.ready = "";
  const parts = [...box.querySelectorAll(":scope > .tab")];
  if (parts.length < 2) continue;
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  if (box.dataset.label) list.setAttribute("aria-label", box.dataset.label);
  const tabs = parts.map((part) => {
    const title = part.querySelector(".tab-title");
    const button = document.createElement("button");
    const id = `tab-${(count += 1)}`;
    button.type = "button";
    button.id = id;
    button.textContent = title.textContent;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", `${id}-part`);
    part.id = `${id}-part`;
    part.setAttribute("role", "tabpanel");
    part.setAttribute("aria-labelledby", id);
    part.tabIndex = 0;
    list.append(button);
    return { button, part };
  });
  tabs.forEach(({ button }, i) => button.addEventListener("click", () => show(tabs, i)));
  list.addEventListener("keydown", (event) => {
    const at = tabs.findIndex(({ button }) => button === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(tabs, (to + tabs.length) % tabs.length, true);
  });
  box.prepend(list);
  // A part that the address names is the one shown.
  const named = location.hash && parts.findIndex((part) => part.querySelector(`:scope ${CSS.escape ? "#" + CSS.escape(location.hash.slice(1)) : location.hash}`));
  show(tabs, named > 0 ? named : 0);
}
