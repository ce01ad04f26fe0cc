// The reading-comfort panel: text size, spacing, colours. Kept in localStorage, only after a choice.
// The page's own script fetches it when the panel is first opened.
const panel = document.getElementById("comfort");
const root = document.documentElement;

function read() {
  try { return JSON.parse(localStorage.getItem("comfort")) ?? {}; } catch { return {}; }
}

function keep(chosen) {
  try {
    if (Object.keys(chosen).length) localStorage.setItem("comfort", JSON.stringify(chosen));
    else localStorage.removeItem("comfort");
  } catch { /* storage is closed: the choice holds for this page */ }
}

// High contrast is a choice of colours for the reader, but an attribute of its own for the styles.
function chosen(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (!value) continue;
    if (value === "contrast") values.contrast = "more";
    else values[name] = value;
  }
  return values;
}

function apply(values) {
  for (const name of ["text", "spacing", "scheme", "contrast"]) {
    if (values[name]) root.dataset[name] = values[name];
    else delete root.dataset[name];
  }
}

const form = panel.querySelector("form");
for (const [name, value] of Object.entries(read())) {
  const field = name === "contrast" ? form.elements.scheme : form.elements[name];
  if (field) field.value = name === "contrast" ? "contrast" : value;
}
form.addEventListener("change", () => {
  const values = chosen(form);
  apply(values);
  keep(values);
});
form.querySelector("[data-comfort-reset]").addEventListener("click", () => {
  form.reset();
  apply({});
  keep({});
});
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});
