// A graph of things and what joins them, which can be expanded from node to node.

import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

import { graphStyle } from "./graph-style.js";
import { element, onScheme, webAddress } from "./dom.js";
import { kindOf } from "./kinds.js";
import { legend } from "./legend.js";

const MOST = 400; // nodes: more can be neither drawn well nor read
const LABELLED = 60; // edges up to which each has its name written on it
const LARGEST = 1.2; // zoom at which a graph is shown first
const APART = 24; // pixels between parts that nothing joins
const LAYOUT = {
  name: "fcose",
  randomize: false, // the same graph looks the same each time
  quality: "proof",
  animationDuration: 400,
  fit: false,
  nodeDimensionsIncludeLabels: true,
  idealEdgeLength: 70,
  nodeRepulsion: 6000,
};
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

cytoscape.use(fcose);

/**
 * Draw `graph` ({nodes: [{id, label, kind, url}], edges: [{source, target, label, url}]}) into an element.
 * `expand(id)` gives a graph of the neighbours of a node; without it nodes cannot be expanded.
 */
export function drawGraph(holder, graph, { expand, label = "Graph" } = {}) {
  return new GraphView(holder, graph, expand, label);
}

class GraphView {
  constructor(holder, graph, expand, label) {
    this.expand = expand;
    this.expanded = new Set();
    this.canvas = element("div", { class: "graph-canvas", tabindex: "0", role: "application" });
    const keys = expand ? "Arrow keys choose a node, Enter expands it." : "Arrow keys choose a node.";
    this.canvas.setAttribute("aria-label", `${label}. ${keys} Plus and minus zoom.`);
    this.panel = element("div", { class: "graph-panel", "aria-live": "polite" });
    this.legend = legend([]);
    holder.append(this.canvas, this.tools(), this.legend, this.panel);
    refuseOwnStyles();
    this.cy = cytoscape({
      container: this.canvas,
      style: graphStyle(),
      layout: { name: "preset" },
      minZoom: 0.15,
      maxZoom: 3,
      userZoomingEnabled: false, // until it has the focus, so that a page can be scrolled over it
      boxSelectionEnabled: false,
      selectionType: "single",
    });
    this.listen();
    this.add(graph);
    this.describe();
  }

  tools() {
    const button = (text, name, work) => {
      const made = element("button", { type: "button", "aria-label": name, title: name }, text);
      made.addEventListener("click", work);
      return made;
    };
    return element(
      "div",
      { class: "graph-tools" },
      button("+", "Zoom in", () => this.zoom(1.3)),
      button("−", "Zoom out", () => this.zoom(1 / 1.3)),
      button("Fit", "Fit the whole graph", () => this.fit()),
    );
  }

  listen() {
    this.cy.on("tap", "node, edge", ({ target }) => this.select(target));
    this.cy.on("tap", ({ target }) => target === this.cy && this.select(null));
    this.cy.on("dbltap", "node", ({ target }) => this.grow(target));
    this.canvas.addEventListener("focus", () => this.cy.userZoomingEnabled(true));
    this.canvas.addEventListener("blur", () => this.cy.userZoomingEnabled(false));
    this.canvas.addEventListener("pointerdown", () => this.canvas.focus({ preventScroll: true }));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    onScheme(() => this.cy.style(graphStyle()));
    new ResizeObserver(() => this.cy.resize()).observe(this.canvas);
  }

  /** Add what is not drawn yet, and lay out all. */
  add({ nodes, edges }, around) {
    const room = MOST - this.cy.nodes().length;
    const fresh = nodes.filter(({ id }) => this.cy.getElementById(id).empty());
    this.left = Math.max(0, fresh.length - room);
    const centre = around?.position() ?? { x: 0, y: 0 };
    const kept = fresh.slice(0, room);
    this.cy.batch(() => {
      kept.forEach((node, at) => this.cy.add(drawnNode(node, place(centre, at, kept.length, this.cy.nodes().length))));
      for (const edge of edges) {
        const id = `${edge.source} ${edge.label ?? ""} ${edge.target}`;
        const ends = [edge.source, edge.target].every((end) => this.cy.getElementById(end).nonempty());
        if (ends && this.cy.getElementById(id).empty()) {
          this.cy.add({ group: "edges", data: { ...edge, id, label: edge.label ?? "", url: edge.url ?? "" } });
        }
      }
      this.cy.edges().toggleClass("named", this.cy.edges().length <= LABELLED);
    });
    const now = legend(this.cy.nodes().map((node) => node.data("kind")));
    this.legend.replaceWith(now);
    this.legend = now;
    this.canvas.dataset.nodes = String(this.cy.nodes().length); // for tests
    this.canvas.dataset.edges = String(this.cy.edges().length);
    this.layOut(around !== undefined);
  }

  layOut(animate) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const parts = this.cy.elements().components();
    const moving = animate && !still && parts.length === 1;
    for (const part of parts) part.layout({ ...LAYOUT, animate: moving, stop: () => moving && this.fit() }).run();
    if (moving) return;
    pack(parts, this.canvas.clientWidth / this.canvas.clientHeight);
    this.fit();
  }

  /** Show all of it, but no larger than it was made to be seen. */
  fit() {
    this.cy.fit(undefined, 30);
    if (this.cy.zoom() > LARGEST) {
      this.cy.zoom(LARGEST);
      this.cy.center();
    }
  }

  select(target) {
    this.cy.elements().unselect();
    this.cy.elements().removeClass("faded near");
    if (target) {
      target.select();
      const near = target.isNode() ? target.closedNeighborhood() : target.connectedNodes().union(target);
      this.cy.elements().not(near).addClass("faded");
      near.addClass("near");
    }
    this.describe(target);
  }

  /** Say in words what is chosen, with its link. */
  describe(target, note = "") {
    const parts = [];
    if (!target) {
      const counts = `${this.cy.nodes().length} things, ${this.cy.edges().length} links. `;
      parts.push(counts, this.expand ? "Choose one for its page; double click or Enter expands it." : "Choose one for its page.");
      if (this.left) parts.push(` ${this.left} more are not drawn: ${MOST} are the most.`);
    } else if (target.isNode()) {
      const { label, kind, url, id } = target.data();
      parts.push(linked(label, url), kind ? ` · ${words(kind)} ` : " ");
      if (this.expand && !this.expanded.has(id)) {
        const button = element("button", { type: "button" }, "Expand");
        button.addEventListener("click", () => this.grow(target));
        parts.push(button);
      }
    } else {
      const { label, url } = target.data();
      const [from, to] = [target.source().data("label"), target.target().data("label")];
      parts.push(`${from} `, linked(label, url), ` ${to}`);
    }
    this.panel.replaceChildren(...parts, note ? element("span", { class: "graph-note" }, ` ${note}`) : "");
  }

  async grow(node) {
    const id = node.id();
    if (!this.expand || this.expanded.has(id)) return;
    this.expanded.add(id);
    const before = this.cy.nodes().length;
    try {
      const found = await this.expand(id);
      this.add(found, node);
      this.select(node);
      const added = this.cy.nodes().length - before;
      const more = found.truncated || this.left ? " There are more." : "";
      this.describe(node, `${added || "No"} more ${added === 1 ? "thing" : "things"}.${more}`);
    } catch (error) {
      this.expanded.delete(id);
      this.describe(node, `Cannot expand it: ${error.message}.`);
    }
  }

  key(event) {
    const chosen = this.cy.$("node:selected");
    if (event.key in STEPS) this.step(chosen, STEPS[event.key]);
    else if (event.key === "Enter" && chosen.nonempty()) this.grow(chosen[0]);
    else if (event.key === "Escape") this.select(null);
    else if (event.key === "+" || event.key === "=") this.zoom(1.3);
    else if (event.key === "-") this.zoom(1 / 1.3);
    else return;
    event.preventDefault();
  }

  /** Choose the nearest node in a direction; the most joined one if none is chosen. */
  step(chosen, [dx, dy]) {
    const nodes = this.cy.nodes().toArray();
    if (!nodes.length) return;
    if (chosen.empty()) {
      this.select(nodes.reduce((one, other) => (other.degree() > one.degree() ? other : one)));
      return;
    }
    const from = chosen[0].position();
    let best = null;
    let least = Infinity;
    for (const node of nodes) {
      const { x, y } = node.position();
      const along = (x - from.x) * dx + (y - from.y) * dy;
      const aside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
      if (along > 1 && along + 2 * aside < least) [best, least] = [node, along + 2 * aside];
    }
    if (best) this.select(best);
  }

  zoom(factor) {
    const { width, height } = this.canvas.getBoundingClientRect();
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: width / 2, y: height / 2 } });
  }
}

function drawnNode({ id, label, kind = "", url = "" }, position) {
  return { group: "nodes", data: { id, label: label || id, kind, url }, classes: kindOf(kind), position };
}

/** Where a node begins, before the layout: on a ring around what it belongs to. */
function place(centre, at, count, drawn) {
  if (drawn === 0 && at === 0) return { ...centre };
  const angle = (2 * Math.PI * at) / count;
  const radius = 60 + 12 * Math.sqrt(count) * (1 + (at % 3));
  return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
}

/** Put parts that nothing joins side by side, the largest first, in rows that fill a shape of this ratio. */
function pack(parts, ratio) {
  const boxes = parts.map((part) => ({ part, box: part.boundingBox() }));
  boxes.sort((one, other) => other.box.h - one.box.h || other.box.w - one.box.w);
  const area = boxes.reduce((sum, { box }) => sum + (box.w + APART) * (box.h + APART), 0);
  const width = Math.max(Math.sqrt(area * ratio), ...boxes.map(({ box }) => box.w));
  let [x, y, height] = [0, 0, 0];
  for (const { part, box } of boxes) {
    if (x > 0 && x + box.w > width) [x, y, height] = [0, y + height + APART, 0];
    part.nodes().shift({ x: x - box.x1, y: y - box.y1 });
    x += box.w + APART;
    height = Math.max(height, box.h);
  }
}

function linked(text, url) {
  const address = webAddress(url);
  return url && address ? element("a", { href: address }, text) : element("strong", {}, text);
}

function words(kind) {
  return kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

/** Cytoscape adds a style element, which our policy forbids, unless one with this id is there; graph.css has its rule. */
function refuseOwnStyles() {
  const id = "__________cytoscape_stylesheet";
  if (!document.getElementById(id)) document.head.append(element("meta", { id }));
}
