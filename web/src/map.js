// Maps of pages: each `figure.map` with its points in `data-points`.

import "leaflet/dist/leaflet.css";
import "./map.css";

import { element, embedded, enhance } from "./lib/dom.js";
import { drawMap } from "./lib/map-view.js";

enhance("figure.map[data-points]", async (figure) => {
  const points = embedded(figure.dataset.points) ?? [];
  const label = figure.getAttribute("aria-label") ?? "Map";
  const said = [...figure.children].filter(({ localName }) => localName !== "figcaption");
  if (said.length) {
    const list = element("details", { class: "map-list" }, element("summary", {}, "The same as a list"), ...said);
    figure.append(list);
  }
  const holder = element("div");
  figure.prepend(holder);
  await drawMap(holder, points, { label });
});
