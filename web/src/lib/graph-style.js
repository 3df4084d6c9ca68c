// How a graph is drawn: a canvas knows no style sheets, so the page's colours are read from them.

import { colour } from "./dom.js";

const KINDS = ["person", "organisation", "place", "facility", "weapon", "event", "other"];
const SHAPES = { event: "diamond", place: "round-rectangle", facility: "round-rectangle", weapon: "triangle" };

/** The style sheet for Cytoscape in the present colour scheme. */
export function graphStyle() {
  const text = colour("--text");
  const ground = colour("--panel");
  const font = getComputedStyle(document.body).fontFamily;
  const written = {
    color: text,
    "font-family": font,
    "text-background-color": ground,
    "text-background-opacity": 0.85,
    "text-background-padding": 2,
    "min-zoomed-font-size": 6,
  };
  const kinds = KINDS.map((kind) => ({
    selector: `node.${kind}`,
    style: { "background-color": colour(`--kind-${kind}`), shape: SHAPES[kind] ?? "ellipse" },
  }));
  return [
    {
      selector: "node",
      style: {
        ...written,
        label: "data(label)",
        "font-size": 12,
        "text-valign": "bottom",
        "text-margin-y": 4,
        "text-wrap": "wrap",
        "text-max-width": 110,
        width: 20,
        height: 20,
        "border-width": 1.5,
        "border-color": ground,
      },
    },
    ...kinds,
    {
      selector: "edge",
      style: {
        ...written,
        "curve-style": "bezier",
        width: 1.25,
        "line-color": colour("--muted"),
        "line-opacity": 0.6,
        "target-arrow-color": colour("--muted"),
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.8,
        "font-size": 10,
      },
    },
    { selector: "edge.named, edge.near", style: { label: "data(label)", "text-rotation": "autorotate" } },
    { selector: ":selected", style: { "border-color": text, "border-width": 3, "line-color": text, "target-arrow-color": text } },
    { selector: ".faded", style: { opacity: 0.2 } },
  ];
}
