// Films and maps of other sites. Without this script there is a link; with it a button, and a word on where data
// goes. Only a press of the button asks the other site for anything.
let count = 0;

function shown(box) {
  const frame = document.createElement("iframe");
  frame.src = box.dataset.frame;
  frame.title = box.dataset.title;
  frame.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
  // Players ask which site shows them; its address is all that they are told.
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation");
  return frame;
}

// The button of a map stands beside its link; a film's link becomes the button.
function button(box) {
  const own = box.querySelector("[data-frame-open]");
  if (own) return own;
  const link = box.querySelector("a");
  const made = document.createElement("button");
  made.type = "button";
  made.append(...link.childNodes);
  for (const text of made.querySelectorAll("[data-frame-text]")) text.textContent = text.dataset.frameText;
  link.replaceWith(made);
  return made;
}

for (const box of document.querySelectorAll("[data-frame]:not([data-ready])")) {
  box.dataset.ready = "";
  const note = box.querySelector(".frame-note");
  note.id = `frame-note-${(count += 1)}`;
  note.hidden = false;
  const opener = button(box);
  opener.setAttribute("aria-describedby", note.id);
  opener.addEventListener("click", () => {
    const frame = shown(box);
    box.querySelector(":scope > picture, :scope > img")?.remove();
    opener.remove();
    box.prepend(frame);
    frame.focus();
  });
}
