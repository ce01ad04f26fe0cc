// Says whether the doors are open now, by Estonian time, public holidays included.
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

function now() {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Tallinn", weekday: "short", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date());
  const get = (type) => parts.find((part) => part.type === type).value;
  return { year: Number(get("year")), date: `${get("month")}-${get("day")}`, time: `${get("hour")}:${get("minute")}`, day: get("weekday").toLowerCase() };
}

// The Gregorian Easter Sunday (Meeus, Jones, Butcher).
function easter(year) {
  const a = year % 19, b = Math.floor(year / 100), c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Date(Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1));
}

// Days off by the law on public holidays and the national day.
function holiday(year, date) {
  const fixed = ["01-01", "02-24", "05-01", "06-23", "06-24", "08-20", "12-24", "12-25", "12-26"];
  const moving = [-2, 0, 49].map((shift) => {
    const day = easter(year);
    day.setUTCDate(day.getUTCDate() + shift);
    return day.toISOString().slice(5, 10);
  });
  return fixed.includes(date) || moving.includes(date);
}

const { year, date, time, day } = now();
for (const line of document.querySelectorAll("[data-open-now]")) {
  const rows = [...line.parentElement.querySelectorAll("[data-opens]")];
  const open = days.includes(day) && !holiday(year, date) && rows.some(({ dataset: row }) =>
    row.days.split(",").includes(day) && row.opens.slice(0, 5) <= time && time < row.closes.slice(0, 5));
  line.textContent = open ? line.dataset.open : line.dataset.closed;
  line.classList.toggle("is-closed", !open);
}
