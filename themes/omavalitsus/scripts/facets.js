// Facets of a list that is whole on its page: their links lead to pages of their own, and here filter the list in
// place. The choice stands in the address, so that it can be sent on and the way back works.
for (const box of document.querySelectorAll("[data-facets]")) {
  const links = [...box.querySelectorAll("a[data-facet]")];
  const names = [...new Set(links.map((link) => link.dataset.facet))];
  const items = [...box.querySelectorAll("ul:not(.tags) > li")];
  const status = box.querySelector("[role=status]");
  const lang = document.documentElement.lang;
  const plural = new Intl.PluralRules(lang);
  const words = (n) => (n ? status.dataset[plural.select(n)] ?? status.dataset.many : status.dataset.none).replace(/\d+/, n.toLocaleString(lang));
  // Others may have put words into the address that are no facet here.
  const known = (name, value) => links.some((link) => link.dataset.facet === name && link.dataset.value === value);
  const chosen = () => new URLSearchParams([...new URLSearchParams(location.search)].filter(([name, value]) => !names.includes(name) || known(name, value)));
  const has = (item, name, value) => !value || item.getAttribute(`data-${name}`).split(" ").includes(value);

  const show = () => {
    const asked = chosen();
    for (const link of links) {
      const on = asked.get(link.dataset.facet) === link.dataset.value;
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const item of items) item.hidden = !names.every((name) => has(item, name, asked.get(name)));
    const any = names.some((name) => asked.get(name));
    status.textContent = any ? words(items.filter((item) => !item.hidden).length) : "";
  };

  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-facet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const asked = chosen();
    const { facet, value } = link.dataset;
    // A second press of the same takes it back.
    if (asked.get(facet) === value) asked.delete(facet);
    else asked.set(facet, value);
    history.pushState(null, "", asked.size ? `?${asked}` : location.pathname);
    show();
  });
  addEventListener("popstate", show);
  show();
}
