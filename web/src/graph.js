// Graphs of pages: each `figure.graph` with its nodes and edges in `data-graph`.

import "./graph.css";

import { element, embedded, enhance } from "./lib/dom.js";
import { drawGraph } from "./lib/graph-view.js";

enhance("figure.graph[data-graph]", (figure) => {
  const graph = embedded(figure.dataset.graph);
  if (!graph?.nodes.length) return;
  const holder = element("div", { class: "graph-holder" });
  figure.prepend(holder);
  const label = figure.getAttribute("aria-label") ?? "Graph";
  const address = figure.dataset.expand;
  drawGraph(holder, graph, { label, expand: address ? (id) => neighbours(address + encodeURIComponent(id)) : undefined });
});

async function neighbours(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  return answer.json();
}
