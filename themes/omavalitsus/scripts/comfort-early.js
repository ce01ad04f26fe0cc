// Puts the reader's choices on the page before it is drawn. Reads only; writes nothing.
(function () {
  try {
    var chosen = JSON.parse(localStorage.getItem("comfort") || "{}");
    for (var name in chosen) document.documentElement.dataset[name] = chosen[name];
  } catch (e) { /* storage is closed: the page stays as it is */ }
})();
