// Finds people on the page of contacts by name, position, duty or unit, as the reader types.
const box = document.querySelector(".find[data-find]");
const people = [...document.querySelectorAll(".person[data-find]")];

// õ, ä, ö, ü and š, ž are found by the plain letters as well.
function plain(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

if (box && people.length) {
  const input = box.querySelector("input");
  const status = box.querySelector("[data-find-status]");
  const entries = people.map((person) => {
    const unit = person.closest(".unit");
    return { person, unit, text: plain(`${person.dataset.find} ${unit?.querySelector("h2, h3")?.textContent ?? ""}`) };
  });
  const units = [...new Set(entries.map((entry) => entry.unit))].filter(Boolean);
  const filter = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { person, text } of entries) {
      const found = words.every((word) => text.includes(word));
      person.hidden = !found;
      if (found) count += 1;
    }
    for (const unit of units) unit.hidden = !unit.querySelector(".person:not([hidden])");
    const { one, many, none } = status.dataset;
    status.textContent = count === 0 ? none : count === 1 ? one : many.replace("10", count);
  };
  input.addEventListener("input", filter);
}
