// Solves the check page's proof of work (ALTCHA with SHA-256) while the citizen reads it. A page without this
// script can be sent as well, after a wait that the page tells.
(() => {
  const box = document.querySelector(".form-proof");
  const form = box?.closest("form");
  if (!form || !globalThis.crypto?.subtle) return;
  const status = box.querySelector("[role=status]");
  const field = box.querySelector("input");
  const { algorithm, challenge, maxnumber, salt, signature } = JSON.parse(box.dataset.challenge);
  const encoder = new TextEncoder();
  let pressed = null;

  const hash = async (number) => {
    const digest = new Uint8Array(await crypto.subtle.digest(algorithm, encoder.encode(salt + number)));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // Many at a time, so that the browser's own threads do the work and the page stays quick.
  const solve = async () => {
    for (let from = 0; from <= maxnumber; from += 250) {
      const hashes = await Promise.all(Array.from({ length: 250 }, (_, at) => hash(from + at)));
      const at = hashes.indexOf(challenge);
      if (at >= 0) return from + at;
    }
    return null;
  };

  form.addEventListener("submit", (event) => {
    if (field.value || event.submitter?.value !== "send") return;
    event.preventDefault();
    pressed = event.submitter;
    status.textContent = box.dataset.busy;
    // Before the theme's script, which would take this for the one submission that there is.
  }, true);

  const waits = status.textContent;
  status.textContent = box.dataset.busy;
  solve().then((number) => {
    field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    status.textContent = box.dataset.done;
    if (pressed) form.requestSubmit(pressed);
  }).catch(() => {
    // Sent without a solution, the page says again from when on it can be sent.
    field.value = "-";
    status.textContent = waits;
  });
})();
