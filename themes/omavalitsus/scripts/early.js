// Before the page is drawn: says that scripts run, so that what needs them has its place from the start, and puts the
// reader's choices on the page. Reads only; stores nothing.
(function () {
  var page = document.documentElement.dataset;
  page.js = "";
  try {
    var chosen = JSON.parse(localStorage.getItem("comfort") || "{}");
    for (var name in chosen) page[name] = chosen[name];
  } catch (e) { /* storage is closed: the page stays as it is */ }
})();
