// A timeline: how many by day, month or year, and each with its date. A bar chooses what is listed.

import { element, webAddress } from "./dom.js";
import { find, histogram } from "./times.js";

const SVG = "http://www.w3.org/2000/svg";
const LISTED = 500; // entries; a longer list is of no use on a page
const WIDTH = 1000; // of the drawing, in its own units
const HEIGHT = 150;

/** Draw `entries` ([{at, said, until, label, url, kind, more}]) into an element. */
export function drawTimeline(holder, entries) {
  const sorted = [...entries].sort((one, other) => one.at - other.at);
  const { unit, bins } = histogram(sorted.map(({ at }) => at));
  const list = element("div", { class: "timeline-list" });
  const chosen = element("p", { class: "timeline-said", "aria-live": "polite" });
  const bars = [];
  const choose = (index) => {
    const again = index !== undefined && bars[index].getAttribute("aria-pressed") === "true";
    bars.forEach((bar, at) => bar.setAttribute("aria-pressed", String(!again && at === index)));
    const some = index === undefined || again ? sorted : sorted.filter(({ at }) => find(bins, at) === index);
    const what = some === sorted ? `${sorted[0].said} to ${sorted.at(-1).said}` : bins[index].said;
    const cut = some.length > LISTED ? `; the first ${LISTED} are listed` : "";
    chosen.textContent = `${what}: ${some.length} ${some.length === 1 ? "entry" : "entries"}${cut}.`;
    list.replaceChildren(listed(some.slice(0, LISTED)));
  };
  holder.append(drawn(bins, unit, bars, choose), chosen, list);
  holder.dataset.entries = String(sorted.length); // for tests
  choose();
}

function drawn(bins, unit, bars, choose) {
  const most = Math.max(...bins.map(({ count }) => count));
  const step = WIDTH / bins.length;
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 24}`, class: "timeline-bars", role: "group" });
  drawing.setAttribute("aria-label", `Number by ${unit}, at most ${most}`);
  drawing.append(svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT, class: "timeline-axis" }));
  const every = Math.ceil(bins.length / 8);
  bins.forEach((bin, index) => {
    const height = bin.count ? Math.max(3, (HEIGHT - 14) * (bin.count / most)) : 0;
    const width = Math.max(1, Math.min(step - 2, 60));
    const x = index * step + (step - width) / 2;
    const bar = svg("rect", { x, y: HEIGHT - height, width, height, class: "timeline-bar" });
    const title = svg("title", {});
    title.textContent = `${bin.said}: ${bin.count}`;
    bar.append(title);
    bars.push(bar);
    if (bin.count) {
      bar.setAttribute("tabindex", "0");
      bar.setAttribute("role", "button");
      bar.setAttribute("aria-label", title.textContent);
      bar.addEventListener("click", () => choose(index));
      bar.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(index);
      });
      if (bin.count === most) drawing.append(text(x + width / 2, HEIGHT - height - 4, String(bin.count), "middle"));
    }
    if (index % every === 0) drawing.append(text(x, HEIGHT + 17, bin.said, "start"));
    drawing.append(bar);
  });
  return drawing;
}

function listed(entries) {
  const list = element("ol", { class: "timeline" });
  let before = "";
  for (const { said, until, label, url, kind, more } of entries) {
    const address = url && webAddress(url);
    const when = until && until !== said ? `${said} to ${until}` : said;
    const words = [address ? element("a", { href: address }, label) : label];
    if (more.length) words.push(element("span", { class: "timeline-more" }, more.join(" · ")));
    list.append(
      element(
        "li",
        { class: `kind-${kind}` },
        element("span", { class: "timeline-when" }, when === before ? "" : when),
        element("span", { class: "timeline-what" }, ...words),
      ),
    );
    before = when;
  }
  return list;
}

function text(x, y, words, anchor) {
  const made = svg("text", { x, y, "text-anchor": anchor, class: "timeline-tick" });
  made.textContent = words;
  return made;
}

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
