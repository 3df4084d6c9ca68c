// A map of points: circles by count over the basemap, with popups that the keyboard reaches.

import L from "leaflet";

import { addLand } from "./basemap.js";
import { element, webAddress } from "./dom.js";
import { kindOf } from "./kinds.js";
import { legend } from "./legend.js";

const SMALLEST = 5; // pixels of a circle's radius
const LARGEST = 20;
const NEAREST = 9; // zoom beyond which the basemap has no more to show; tiles go on
const NAMED = 30; // circles that may have their name beside them
const LISTED = 8; // entries of one popup

/**
 * Draw `points` ({lat, lon, label, url, count, kind}) into an element. Those of one place are one circle.
 * `shapes` are drawn below them: {geometry} as GeoJSON, with the rest of a point. The ground is the basemap, or
 * tiles where the page names some; without those no other host is asked for anything.
 */
export async function drawMap(holder, points, { label = "Map", shapes = [] } = {}) {
  const tiles = document.querySelector("meta[name=map-tiles]");
  const places = gathered(points);
  holder.classList.add("map-canvas");
  const map = L.map(holder, {
    attributionControl: false,
    maxZoom: tiles ? 18 : NEAREST,
    minZoom: 1,
    scrollWheelZoom: false, // until it has the focus, so that a page can be scrolled over it
    worldCopyJump: true,
    zoomSnap: 0.5,
  });
  holder.setAttribute("role", "application");
  holder.setAttribute("aria-label", `${label}. Arrow keys move the map, Tab goes to its places.`);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  const credit = tiles ? tiles.dataset.credit : "Borders as drawn by Natural Earth";
  L.control.attribution({ prefix: false }).addTo(map).addAttribution(element("span", {}, credit).outerHTML);
  L.control.scale({ imperial: false }).addTo(map);
  const outlines = shapes.map((shape) =>
    L.geoJSON(shape.geometry, { style: { className: `map-shape kind-${kindOf(shape.kind)}` } }),
  );
  show(map, places, outlines);
  if (tiles) L.tileLayer(tiles.content, { maxZoom: 18 }).addTo(map);
  else await addLand(map);
  outlines.forEach((outline, at) => outline.bindPopup(() => popup({ points: [shapes[at]] })).addTo(map));
  const circles = addCircles(map, places);
  addNames(map, circles);
  holder.after(legend([...points, ...shapes].map(({ kind }) => kind)));
  holder.dataset.places = String(places.length); // for tests
  return map;
}

/** Points by place, the largest count first. */
function gathered(points) {
  const places = new Map();
  for (const point of points) {
    const key = `${point.lat} ${point.lon}`;
    const place = places.get(key) ?? { at: L.latLng(point.lat, point.lon), points: [], count: 0 };
    place.points.push(point);
    place.count += point.count ?? 1;
    places.set(key, place);
  }
  return [...places.values()].sort((one, other) => other.count - one.count);
}

function show(map, places, outlines) {
  const bounds = L.latLngBounds(places.map(({ at }) => at));
  for (const outline of outlines) bounds.extend(outline.getBounds());
  if (bounds.isValid()) {
    map.fitBounds(bounds, { padding: [30, 30], maxZoom: 6, animate: false });
  } else {
    map.setView([25, 20], 1.5);
  }
}

function addCircles(map, places) {
  const most = Math.max(1, ...places.map(({ count }) => count));
  const layer = L.layerGroup().addTo(map);
  const circles = places.map((place) => {
    const alike = most === 1 || places.length === 1;
    const radius = SMALLEST + (alike ? 2 : (LARGEST - SMALLEST) * Math.sqrt(place.count / most));
    const className = `map-circle kind-${kindOf(place.points[0].kind)}`;
    const circle = L.circleMarker(place.at, { radius, className }).bindPopup(() => popup(place), { maxWidth: 280 });
    circle.bindTooltip(name(place), { className: "map-tip", direction: "top", offset: [0, -radius] });
    return Object.assign(circle.addTo(layer), { place });
  });
  circles.forEach((circle, at) => reach(map, circles, circle, at));
  return circles;
}

function name({ points, count }) {
  const [first] = points;
  const others = points.length - 1;
  const amount = count > 1 && count !== points.length ? ` (${count.toLocaleString("en")})` : "";
  return `${first.label}${others ? ` and ${others} more` : ""}${amount}`;
}

function popup({ points }) {
  const entry = ({ label, url, count: own }) => {
    const address = webAddress(url);
    const text = address ? element("a", { href: address }, label) : label;
    return element("li", {}, text, " ", own > 1 ? element("span", { class: "map-count" }, own.toLocaleString("en")) : "");
  };
  const list = element("ul", { class: "map-popup" }, ...points.slice(0, LISTED).map(entry));
  const more = points.length - LISTED;
  if (more > 0) list.append(element("li", {}, `and ${more} more`));
  return list;
}

/** Make a circle one of a row of buttons: Tab reaches one of them, arrow keys go on to the others. */
function reach(map, circles, circle, at) {
  const path = circle.getElement();
  path.setAttribute("tabindex", at === 0 ? "0" : "-1");
  path.setAttribute("role", "button");
  path.setAttribute("aria-label", name(circle.place));
  path.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = circles[(at + step + circles.length) % circles.length];
      path.setAttribute("tabindex", "-1");
      next.getElement().setAttribute("tabindex", "0");
      map.panInside(next.getLatLng(), { padding: [40, 40], animate: false });
      next.getElement().focus();
    } else if (event.key === "Enter" || event.key === " ") {
      circle.openPopup();
      circle.getPopup().getElement()?.querySelector("a")?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  circle.on("popupclose", () => {
    if (circle.getPopup().getElement()?.contains(document.activeElement)) path.focus();
  });
  circle.on("popupopen", () => {
    circle.getPopup().getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      circle.closePopup();
      path.focus();
    });
  });
}

/** Write the names of the largest circles where they cover no other name. */
function addNames(map, circles) {
  const names = L.layerGroup().addTo(map);
  const write = () => {
    names.clearLayers();
    const view = map.getBounds();
    const shown = circles.filter((circle) => view.contains(circle.getLatLng()));
    const taken = shown.map((circle) => discBox(map, circle));
    const most = taken.length + NAMED;
    for (const circle of shown) {
      if (taken.length === most) return;
      const text = circle.place.points[0].label;
      const { x, y } = map.latLngToContainerPoint(circle.getLatLng());
      const left = x + circle.getRadius() + 3;
      const box = [left, y - 8, left + text.length * 6.5, y + 8];
      if (box[2] > map.getSize().x || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      const label = element("span", {}, text);
      const icon = L.divIcon({ className: "map-label", html: label, iconSize: [0, 0], iconAnchor: [x - left, 9] });
      L.marker(circle.getLatLng(), { icon, interactive: false, keyboard: false, alt: "" }).addTo(names);
    }
  };
  map.on("moveend", write);
  write();
}

/** The square in a circle: a name may come near its edge. */
function discBox(map, circle) {
  const { x, y } = map.latLngToContainerPoint(circle.getLatLng());
  const reach = circle.getRadius() * 0.7;
  return [x - reach, y - reach, x + reach, y + reach];
}

function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
