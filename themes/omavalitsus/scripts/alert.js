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
