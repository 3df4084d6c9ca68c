// Dates as far as they are known: days, months or years. Pure.

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const DAY = 86_400_000; // milliseconds
const FEW = 60; // bars that a histogram may have

/** A date of XML Schema: when it begins, its precision, and how it is said; undefined for what is none. */
export function readTime(text) {
  const parts = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?:T.*|Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day] = parts;
  const at = Date.UTC(Number(year), month ? Number(month) - 1 : 0, day ? Number(day) : 1);
  if (Number.isNaN(at)) return undefined;
  const said = [day && String(Number(day)), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(" ");
  return { at, said, precision: day ? "day" : month ? "month" : "year" };
}

/** Counts of times by day, month or year, whatever gives no more than `FEW` bars; empty ones between are there. */
export function histogram(times) {
  const first = Math.min(...times);
  const last = Math.max(...times);
  const months = (last - first) / DAY / 30;
  const unit = (last - first) / DAY < FEW ? "day" : months < FEW ? "month" : "year";
  const bins = [];
  for (let at = floor(first, unit); at <= last; at = next(at, unit)) bins.push({ at, count: 0, said: say(at, unit) });
  for (const time of times) bins[find(bins, time)].count += 1;
  return { unit, bins };
}

/** Index of the bin that holds a time. */
export function find(bins, time) {
  let [low, high] = [0, bins.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (bins[middle].at <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

function floor(time, unit) {
  const date = new Date(time);
  const month = unit === "year" ? 0 : date.getUTCMonth();
  return Date.UTC(date.getUTCFullYear(), month, unit === "day" ? date.getUTCDate() : 1);
}

function next(time, unit) {
  const date = new Date(time);
  if (unit === "day") return time + DAY;
  if (unit === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return Date.UTC(date.getUTCFullYear() + 1, 0, 1);
}

function say(time, unit) {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), MONTHS[date.getUTCMonth()], date.getUTCDate()];
  return { day: `${day} ${month} ${year}`, month: `${month} ${year}`, year: `${year}` }[unit];
}
