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
