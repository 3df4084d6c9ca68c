// Which colour means what.

import { element } from "./dom.js";
import { kindOf } from "./kinds.js";

const ORDER = ["person", "organisation", "place", "facility", "weapon", "event", "other"];

/** A list of the kinds among some classes, each with its colour; empty if there is but one. */
export function legend(classes) {
  const found = new Set(classes.map(kindOf));
  const kinds = found.size > 1 ? ORDER.filter((kind) => found.has(kind)) : [];
  const entries = kinds.map((kind) => element("li", { class: `kind-${kind}` }, kind === "person" ? "people" : kind));
  return element("ul", { class: "kind-legend", "aria-label": "Colours" }, ...entries);
}
