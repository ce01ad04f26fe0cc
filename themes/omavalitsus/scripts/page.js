// What every page has: the menu, the search and the reading-comfort panel on demand, alerts that are on now.

// The main menu opens without this script. It adds what disclosures lack: Escape and a press outside
// close the panel, and only one is open at a time in browsers that do not know details[name].
const panels = [...document.querySelectorAll(".mega")];
const wide = matchMedia("(width >= 64rem)");

function closeAll(except) {
  for (const panel of panels) if (panel !== except) panel.open = false;
}

for (const panel of panels) {
  panel.addEventListener("toggle", () => {
    if (panel.open) closeAll(panel);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = panels.find((panel) => panel.open);
  if (!open || !wide.matches) return;
  const inside = open.contains(document.activeElement);
  open.open = false;
  if (inside) open.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  if (wide.matches && !event.target.closest(".mega")) closeAll();
});

document.addEventListener("focusin", (event) => {
  if (wide.matches && !event.target.closest(".mega")) closeAll();
});

// The search is a script of its own weight: it is fetched when somebody turns to the field.
document.addEventListener("focusin", (event) => {
  const source = event.target.closest("form[data-script]")?.dataset.script;
  if (source) import(source);
});

// So is the panel of reading comfort, at the first press of its button.
const comfort = document.getElementById("comfort");
for (const opener of comfort?.showModal ? document.querySelectorAll("[data-comfort-open]") : []) {
  opener.hidden = false;
  opener.addEventListener("click", async () => {
    await import(opener.dataset.comfortOpen);
    comfort.showModal();
  });
}

// Urgent alerts without a new build: /teade.json says which are on now; the band follows it.
const lang = document.documentElement.lang;
const answer = await fetch("/teade.json", { cache: "no-cache" }).catch(() => undefined);
if (answer?.ok) {
  const now = Date.now();
  const here = (page) => (page.endsWith("*") ? location.pathname.startsWith(page.slice(0, -1)) : location.pathname === page);
  const on = (await answer.json()).filter((alert) => alert.lang === lang
    && !(Date.parse(alert.starts) > now) && !(Date.parse(alert.ends) <= now)
    && (!alert.pages?.length || alert.pages.some(here)));
  const shown = [...document.querySelectorAll("[data-alert]")];
  for (const element of shown) if (!on.some((alert) => alert.id === element.dataset.alert)) element.remove();
  const band = document.querySelector(".alerts");
  for (const alert of on.filter((alert) => !shown.some((element) => element.dataset.alert === alert.id))) {
    const text = document.createElement("p");
    const title = document.createElement("strong");
    title.textContent = alert.title;
    text.append(title, " ", alert.text ?? "");
    const frame = document.createElement("div");
    frame.className = "frame";
    frame.append(text);
    if (alert.link && /^(https?:\/)?\//.test(alert.link)) {
      const link = document.createElement("a");
      link.href = alert.link;
      link.textContent = band.dataset.more;
      frame.append(link);
    }
    const element = document.createElement("div");
    element.className = `alert alert-${["danger", "warning"].includes(alert.severity) ? alert.severity : "info"}`;
    element.setAttribute("role", "status");
    element.append(frame);
    band.append(element);
  }
  band.hidden = !band.querySelector(".alert");
}
