// Triples as a graph to draw: things are nodes, their relations edges, names and classes what is said of them. Pure.

import { localName, pageOf, short } from "./terms.js";

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const TYPE = `${RDF}type`;
const NAMES = [
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "http://www.w3.org/2000/01/rdf-schema#label",
  "http://purl.org/dc/terms/title",
];
const COLUMNS = [
  ["subject", "predicate", "object"],
  ["s", "p", "o"],
  ["source", "relation", "target"],
];

/** The three columns that hold triples; undefined if a result has none. */
export function tripleColumns(variables) {
  return COLUMNS.find((names) => names.every((name) => variables.includes(name)));
}

/** Nodes and edges for `drawGraph` from the rows of a result. */
export function graphOf(bindings, [subject, predicate, object], terms) {
  const facts = new Map();
  const about = (cell) => {
    if (!facts.has(cell.value)) facts.set(cell.value, { names: [], kind: "", isIri: cell.type === "uri" });
    return facts.get(cell.value);
  };
  const edges = [];
  for (const row of bindings) {
    const [from, relation, to] = [row[subject], row[predicate], row[object]];
    if (!from || !relation || !to) continue;
    const rank = NAMES.indexOf(relation.value);
    if (rank >= 0 && to.type !== "uri") about(from).names[rank] ??= to.value;
    else if (relation.value === TYPE) about(from).kind = localName(to.value);
    else if (to.type === "uri" || to.type === "bnode") edges.push(joined(about, from, relation, to, terms));
  }
  const nodes = [...facts].map(([id, { names, kind, isIri }]) => ({
    id,
    label: names.find(Boolean) ?? localName(id),
    kind,
    url: isIri ? pageOf(id, terms) : undefined,
  }));
  return { nodes, edges };
}

function joined(about, from, relation, to, terms) {
  about(from);
  about(to);
  const name = short(relation.value, terms);
  const label = name.slice(name.indexOf(":") + 1);
  return { source: from.value, target: to.value, label, url: pageOf(relation.value, terms) };
}
