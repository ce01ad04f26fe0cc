// The preview's part of a page: hears of changes and loads what changed. No built site has it.
(() => {
  const script = document.currentScript;
  let print = script.dataset.print;
  const page = decodeURIComponent(location.pathname);

  const restyle = (sheets) => {
    for (const [before, now, integrity] of sheets) {
      const old = [...document.querySelectorAll('link[rel="stylesheet"]')].find((link) => link.getAttribute("href") === before);
      if (!old) return false;
      const link = old.cloneNode();
      link.href = now;
      if (integrity) link.integrity = integrity;
      link.addEventListener("load", () => old.remove());
      old.after(link);
    }
    return true;
  };

  const listen = () => {
    const events = new EventSource(`/__raekoda/events?page=${encodeURIComponent(page)}&print=${print}`);
    events.addEventListener("message", (event) => {
      const state = JSON.parse(event.data);
      if (state.print === print) return;
      if (state.styles && restyle(state.styles)) {
        print = state.print;
        return;
      }
      events.close();
      location.reload();
    });
  };
  listen();
})();
