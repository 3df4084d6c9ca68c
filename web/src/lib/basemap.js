// The basemap: countries of Natural Earth and their names, drawn from a file of this server.

import L from "leaflet";
import { feature, mesh } from "topojson-client";

let loading;

/** Countries and borders as GeoJSON; fetched once a page. */
function land() {
  loading ??= fetch(new URL(`land.json?v=${LAND_VERSION}`, import.meta.url)).then(async (answer) => {
    if (!answer.ok) throw new Error(`no basemap: ${answer.status}`);
    const world = await answer.json();
    return {
      countries: feature(world, world.objects.countries),
      borders: mesh(world, world.objects.countries, (one, other) => one !== other),
      coast: mesh(world, world.objects.countries, (one, other) => one === other),
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
  const boxes = countries.features.map(({ properties }, at) => ({
    name: properties.name,
    at: L.latLng(properties.at[1], properties.at[0]),
    bounds: L.geoJSON(countries.features[at]).getBounds(),
  }));
  const names = L.layerGroup().addTo(map);
  const write = () => writeNames(map, names, boxes);
  map.on("moveend", write);
  write();
}

function writeNames(map, names, boxes) {
  names.clearLayers();
  const view = map.getBounds().pad(0.1);
  for (const { name, at, bounds } of boxes) {
    if (!view.contains(at)) continue;
    const left = map.project(bounds.getSouthWest()).x;
    const right = map.project(bounds.getNorthEast()).x;
    if (right - left < name.length * 9) continue;
    const icon = L.divIcon({ className: "map-name", html: element(name), iconSize: [0, 0] });
    L.marker(at, { icon, pane: "names", interactive: false, keyboard: false, alt: "" }).addTo(names);
  }
}

function element(name) {
  const holder = document.createElement("span");
  holder.textContent = name;
  return holder;
}
