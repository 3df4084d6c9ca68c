import assert from "node:assert/strict";
import { test } from "node:test";

import { describer, geometryColumns, readWkt, timeColumns } from "../src/lib/columns.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const TERMS = { base: "https://e/id/", prefixes: {} };
const iri = (value) => ({ type: "uri", value });
const text = (value, type) => ({ type: "literal", value, ...(type && { datatype: XSD + type }) });

test("geometries are WKT literals or pairs of degrees", () => {
  const wkt = text("POINT(40.7 36.5)");
  assert.deepEqual(geometryColumns(["a", "p"], [{ a: text("x"), p: wkt }]), { wkt: "p" });
  assert.deepEqual(geometryColumns(["lat", "long"], [{ lat: text("36.5"), long: text("40.7") }]), {
    latitude: "lat",
    longitude: "long",
  });
  assert.equal(geometryColumns(["lat", "long"], [{ lat: text("north"), long: text("east") }]), undefined);
  assert.equal(geometryColumns(["a"], [{ a: text("a point of view") }]), undefined);
});

test("WKT becomes GeoJSON, longitude first", () => {
  const cases = [
    ["POINT(40.7 -36.5)", { type: "Point", coordinates: [40.7, -36.5] }],
    ["<http://www.opengis.net/def/crs/OGC/1.3/CRS84> Point (1 2)", { type: "Point", coordinates: [1, 2] }],
    ["<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(2 1)", { type: "Point", coordinates: [1, 2] }],
    ["LINESTRING(1 2, 3 4)", { type: "LineString", coordinates: [[1, 2], [3, 4]] }],
    ["POLYGON((0 0, 1 0, 1 1, 0 0))", { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }],
    ["MULTIPOINT((1 2), (3 4))", { type: "MultiPoint", coordinates: [[1, 2], [3, 4]] }],
    ["MULTIPOINT(1 2, 3 4)", { type: "MultiPoint", coordinates: [[1, 2], [3, 4]] }],
    ["MULTIPOLYGON(((0 0, 1 0, 0 0)))", { type: "MultiPolygon", coordinates: [[[[0, 0], [1, 0], [0, 0]]]] }],
    ["POINT Z (1 2 3)", { type: "Point", coordinates: [1, 2] }],
  ];
  for (const [wkt, expected] of cases) assert.deepEqual(readWkt(wkt), expected, wkt);
});

test("what is no geometry, or in degrees of another kind, is not drawn", () => {
  for (const wkt of ["", "POINT", "POINT(1)", "POINT EMPTY", "<http://e/27700> POINT(1 2)", "CIRCLE(1 2)", "POINT(1 2"]) {
    assert.equal(readWkt(wkt), undefined, wkt);
  }
});

test("times are told by their datatype, an end by its name", () => {
  const row = { when: text("2022-01-20", "date"), end: text("2022-01", "gYearMonth"), n: text("2022", "integer") };
  assert.deepEqual(timeColumns(["n", "end", "when"], [row]), { start: "when", end: "end" });
  assert.equal(timeColumns(["n"], [row]), undefined);
});

test("a row is described by its label, link, kind and count", () => {
  const row = {
    place: iri("https://e/id/place/Hasaka"),
    label: text("Hasaka"),
    point: text("POINT(1 2)"),
    events: text("7", "integer"),
    type: iri("https://w3id.org/sitrep/ontology#Settlement"),
    note: text("more"),
  };
  assert.deepEqual(describer(Object.keys(row), [row], ["point"], TERMS)(row), {
    label: "Hasaka",
    url: "/id/place/Hasaka",
    kind: "place",
    count: 7,
    more: ["more"],
  });
});

test("a row without words is called by its IRI", () => {
  const row = { x: iri("https://e/id/person/Ned_Price") };
  const said = describer(["x"], [row], [], TERMS)(row);
  assert.equal(said.label, "Ned Price");
  assert.equal(said.kind, "person");
});
