import assert from "node:assert/strict";
import { test } from "node:test";

import { localName, matching, pageOf, short } from "../src/lib/terms.js";
import { graphOf, tripleColumns } from "../src/lib/triples.js";

const SIT = "https://w3id.org/sitrep/ontology#";
const TERMS = { base: "https://e/id/", prefixes: { sit: SIT, rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#" } };
const iri = (value) => ({ type: "uri", value });
const row = (s, p, o) => ({ s: iri(s), p: iri(p), o: typeof o === "string" ? iri(o) : o });

test("IRIs are shortened as pages do", () => {
  assert.equal(short(`${SIT}Clash`, TERMS), "sit:Clash");
  assert.equal(short("https://e/id/place/X", TERMS), "place/X");
  assert.equal(short(`${SIT}a/b`, TERMS), `${SIT}a/b`);
});

test("a node's page is the server's own", () => {
  assert.equal(pageOf("https://e/id/place/X", TERMS), "/id/place/X");
  assert.equal(pageOf("https://e/id/place/X?y", TERMS), "/describe?iri=https%3A%2F%2Fe%2Fid%2Fplace%2FX%3Fy");
  assert.equal(pageOf("javascript:alert(1)", TERMS), "/describe?iri=javascript%3Aalert(1)");
});

test("local names are readable", () => {
  assert.equal(localName("https://e/id/place/Tal_Brak"), "Tal Brak");
  assert.equal(localName("https://e/id/place/Caf%C3%A9"), "Café");
  assert.equal(localName("https://e/id/place/100%"), "100%");
});

test("completion finds terms by prefixed name, by word and by label", () => {
  const entries = ["AirStrike", "Attack", "DroneStrike"].map((name) => ({ iri: SIT + name, label: name.toLowerCase() }));
  const names = (typed) => matching(entries, typed, TERMS).map((entry) => short(entry.iri, TERMS));
  assert.deepEqual(names("sit:A"), ["sit:AirStrike", "sit:Attack"]);
  assert.deepEqual(names("strike"), ["sit:AirStrike", "sit:DroneStrike"]);
  assert.deepEqual(names("dro"), ["sit:DroneStrike"]);
  assert.deepEqual(names("rdf:A"), []);
  assert.deepEqual(names(`${SIT}Att`), ["sit:Attack"]);
});

test("triples become nodes with names and kinds, and edges", () => {
  const rows = [
    row("https://e/id/a", `${SIT}fights`, "https://e/id/b"),
    row("https://e/id/a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", `${SIT}ArmedGroup`),
    row("https://e/id/a", "http://www.w3.org/2000/01/rdf-schema#label", { type: "literal", value: "Group A" }),
    row("https://e/id/a", `${SIT}date`, { type: "literal", value: "2022" }),
  ];
  assert.deepEqual(tripleColumns(["o", "p", "s"]), ["s", "p", "o"]);
  assert.equal(tripleColumns(["s", "p"]), undefined);
  const { nodes, edges } = graphOf(rows, ["s", "p", "o"], TERMS);
  assert.deepEqual(nodes, [
    { id: "https://e/id/a", label: "Group A", kind: "ArmedGroup", url: "/id/a" },
    { id: "https://e/id/b", label: "b", kind: "", url: "/id/b" },
  ]);
  assert.deepEqual(edges.map(({ source, label, target }) => [source, label, target]), [
    ["https://e/id/a", "fights", "https://e/id/b"],
  ]);
});
