// The basemap: countries of Natural Earth and their names, drawn from a file of this server.

import L from "leaflet";
import { feature, mesh } from "topojson-client";

import { unwrapped } from "./unwrap.js";

const APART = 10; // pixels between names
const WIDER = 0.75; // how much of its name's width a country must have

let loading;

/** Countries and borders as GeoJSON; fetched once a page. */
function land() {
  loading ??= fetch(new URL(`land.json?v=${LAND_VERSION}`, import.meta.url)).then(async (answer) => {
    if (!answer.ok) throw new Error(`no basemap: ${answer.status}`);
    const world = await answer.json();
    const { countries } = world.objects;
    const { features } = feature(world, countries);
    return {
      countries: features.map((country) => ({ ...country, geometry: unwrapped(country.geometry) })),
      borders: unwrapped(mesh(world, countries, (one, other) => one !== other)),
      coast: unwrapped(mesh(world, countries, (one, other) => one === other)),
    };
  });
  return loading;
}

/** Draw the land under all else, and write the names of countries where there is room. */
export async function addLand(map) {
  map.createPane("land").style.zIndex = 200;
  map.createPane("names").style.zIndex = 250;
  const renderer = L.svg({ pane: "land", padding: 0.4 });
  const { countries, borders, coast } = await land();
  const layer = (data, className) =>
    L.geoJSON(data, { pane: "land", renderer, interactive: false, style: { className } }).addTo(map);
  layer(countries, "map-land");
  layer(borders, "map-border");
  layer(coast, "map-coast");
  const names = L.layerGroup().addTo(map);
  const sorted = bySize(countries);
  const write = () => requestAnimationFrame(() => writeNames(map, names, sorted));
  map.on("moveend", write); // in a frame, as the names of places, which come first, are written then too
  write();
}

/** Where the name of each country stands and how far its largest part reaches, the largest first. */
function bySize(countries) {
  const found = countries.map(({ properties, geometry }) => {
    const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const all = parts.map(([ring]) => L.latLngBounds(ring.map(([x, y]) => [y, x])));
    const bounds = all.reduce((one, other) => (extent(other) > extent(one) ? other : one));
    return { name: properties.name, at: L.latLng(properties.at[1], properties.at[0]), bounds };
  });
  return found.sort((one, other) => extent(other.bounds) - extent(one.bounds));
}

function extent(bounds) {
  return (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
}

/** Write the names that are no wider than their country and touch no circle and no other name. */
function writeNames(map, names, countries) {
  names.clearLayers();
  const frame = map.getContainer().getBoundingClientRect();
  const drawn = map.getContainer().querySelectorAll(".map-circle, .map-label span");
  const taken = [...drawn].map((each) => each.getBoundingClientRect());
  for (const { name, at, bounds } of countries) {
    if (!map.getBounds().contains(at)) continue;
    const text = document.createElement("span");
    text.textContent = name;
    const icon = L.divIcon({ className: "map-name", html: text, iconSize: [0, 0] });
    const marker = L.marker(at, { icon, pane: "names", interactive: false, keyboard: false, alt: "" }).addTo(names);
    const box = text.getBoundingClientRect();
    const room = map.project(bounds.getNorthEast()).x - map.project(bounds.getSouthWest()).x;
    const inside = box.left > frame.left && box.right < frame.right && box.top > frame.top && box.bottom < frame.bottom;
    if (!inside || room < WIDER * box.width || taken.some((other) => touch(box, other))) names.removeLayer(marker);
    else taken.push(box);
  }
}

function touch(one, other) {
  const across = one.left < other.right + APART && other.left < one.right + APART;
  return across && one.top < other.bottom && other.top < one.bottom;
}
