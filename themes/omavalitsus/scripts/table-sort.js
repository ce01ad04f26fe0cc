// Lets a table be sorted by a press on a column's head. The order is the language's own.
const order = new Intl.Collator(document.documentElement.lang || "et", { numeric: true });

function value(row, column) {
  const cell = row.cells[column];
  return cell?.dataset.value ?? cell?.textContent.trim() ?? "";
}

// "1 234,50 €" and "12.03.2026" are compared as what they mean.
function meaning(text) {
  const day = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (day) return Number(day[3] + day[2].padStart(2, "0") + day[1].padStart(2, "0"));
  const plain = text.replace(/[\s\u00a0€%]/g, "").replace(",", ".");
  return plain !== "" && !Number.isNaN(Number(plain)) ? Number(plain) : null;
}

function compare(a, b) {
  const [x, y] = [meaning(a), meaning(b)];
  return x !== null && y !== null ? x - y : order.compare(a, b);
}

for (const table of document.querySelectorAll("table[data-sort]:not([data-ready])")) {
  table.dataset.ready = "";
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  if (body.rows.length < 3) continue;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = table.dataset.sortLabel;
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column)) * (down ? -1 : 1));
      body.append(...rows);
    });
  });
}
