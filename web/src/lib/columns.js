// What the columns of a result hold: points, dates, names, links. Pure.

import { kindOf } from "./kinds.js";
import { localName, pageOf } from "./terms.js";

const WKT = /^\s*(<[^>]*>)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*\(/i;
const LATITUDE = /^(.*_)?(lat|latitude)$/i;
const LONGITUDE = /^(.*_)?(lon|long|lng|longitude)$/i;
const TIMES = /#(date|dateTime|dateTimeStamp|gYear|gYearMonth)$/;
const END = /^(end|to|until)|end(date|time)?$/i;
const NAME = /(label|name|title|what)$/i;
const KIND = /^(kind|type|class)$/i;
const COUNT = /^(count|number|events?|n|total|reports)$/i;
const INTEGER = /#(integer|int|long|decimal|nonNegativeInteger)$/;

/** Columns with WKT geometries, or a pair with latitude and longitude; undefined if a result has neither. */
export function geometryColumns(variables, bindings) {
  const wkt = variables.find((name) => some(bindings, name, (cell) => cell.type !== "uri" && WKT.test(cell.value)));
  if (wkt) return { wkt };
  const [latitude, longitude] = [LATITUDE, LONGITUDE].map((pattern) => variables.find((name) => pattern.test(name)));
  const numeric = (name) => some(bindings, name, (cell) => Number.isFinite(Number(cell.value)));
  return latitude && longitude && numeric(latitude) && numeric(longitude) ? { latitude, longitude } : undefined;
}

/** Columns with a time and, where there is one, with the end of it; undefined if a result has none. */
export function timeColumns(variables, bindings) {
  const times = variables.filter((name) => some(bindings, name, (cell) => TIMES.test(cell.datatype ?? "")));
  const start = times.find((name) => !END.test(name)) ?? times[0];
  return start && { start, end: times.find((name) => name !== start && END.test(name)) };
}

function some(bindings, name, test) {
  return bindings.slice(0, 200).some((row) => row[name] && test(row[name]));
}

/** How to say what a row is about: label, link, kind and count. `used` are columns that are shown already. */
export function describer(variables, bindings, used, terms) {
  const free = variables.filter((name) => !used.includes(name));
  const isIri = (name) => some(bindings, name, (cell) => cell.type === "uri");
  const link = free.find((name) => isIri(name) && !KIND.test(name));
  const kind = free.find((name) => KIND.test(name));
  const count = free.find((name) => COUNT.test(name) && some(bindings, name, (cell) => INTEGER.test(cell.datatype ?? "")));
  const words = free.filter((name) => !isIri(name) && name !== count && name !== kind);
  const label = words.find((name) => NAME.test(name)) ?? words[0];
  const rest = words.filter((name) => name !== label);
  return (row) => ({
    label: row[label]?.value ?? (row[link] ? localName(row[link].value) : "…"),
    url: row[link] ? pageOf(row[link].value, terms) : undefined,
    kind: row[kind] ? kindOf(localName(row[kind].value)) : guessed(row[link]?.value),
    count: row[count] ? Number(row[count].value) : 1,
    more: rest.filter((name) => row[name]).map((name) => row[name].value),
  });
}

/** The kind that an IRI of ours tells by its path: /place/…, /event/…. */
function guessed(iri = "") {
  const found = /\/(person|organisation|organization|place|facility|weapon|event)\//.exec(iri)?.[1];
  return found === "organization" ? "organisation" : (found ?? "place");
}

/** A geometry as GeoJSON; undefined for what cannot be drawn. Of WKT, only what GeoSPARQL calls CRS84 or EPSG 4326. */
export function readWkt(text) {
  const parts = /^\s*(?:<([^>]*)>)?\s*((?:MULTI)?(?:POINT|LINESTRING|POLYGON))\s*Z?\s*(\(.*\))\s*$/is.exec(text);
  if (!parts) return undefined;
  const [, system = "", name, body] = parts;
  if (system && !/(CRS84|4326)\/?$/.test(system)) return undefined;
  const swap = system.includes("4326"); // latitude comes first there
  const pairs = body.replace(/(-?[\d.]+(?:e[-+]?\d+)?)\s+(-?[\d.]+(?:e[-+]?\d+)?)(\s+-?[\d.]+)?/gi, (_all, x, y) =>
    swap ? `[${Number(y)},${Number(x)}]` : `[${Number(x)},${Number(y)}]`,
  );
  try {
    const geometry = shaped(name.toUpperCase(), JSON.parse(pairs.replaceAll("(", "[").replaceAll(")", "]")));
    return onEarth(geometry.coordinates) ? geometry : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function shaped(name, read) {
  if (name === "POINT") return { type: "Point", coordinates: read[0] };
  if (name === "LINESTRING") return { type: "LineString", coordinates: read };
  if (name === "POLYGON") return { type: "Polygon", coordinates: read };
  if (name === "MULTIPOINT") return { type: "MultiPoint", coordinates: read.map((at) => (Array.isArray(at[0]) ? at[0] : at)) };
  return { type: name === "MULTIPOLYGON" ? "MultiPolygon" : "MultiLineString", coordinates: read };
}

/** Whether coordinates, however nested, are pairs of degrees. */
function onEarth(coordinates) {
  if (!Array.isArray(coordinates) || !coordinates.length) return false;
  if (Array.isArray(coordinates[0])) return coordinates.every(onEarth);
  const [x, y] = coordinates;
  return coordinates.length === 2 && Math.abs(x) <= 360 && Math.abs(y) <= 90;
}
