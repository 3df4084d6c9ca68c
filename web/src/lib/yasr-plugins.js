// Views of results beside YASR's own: map, timeline, graph; and its table with links to the pages of this server.

import { describer, geometryColumns, readWkt, timeColumns } from "./columns.js";
import { element } from "./dom.js";
import { pageOf, short } from "./terms.js";
import { readTime } from "./times.js";
import { graphOf, tripleColumns } from "./triples.js";

const ICONS = {
  map: "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7Zm0 9.5A2.5 2.5 0 1 1 12 6.5a2.5 2.5 0 0 1 0 5Z",
  timeline: "M3 20h18v1.5H3Zm1-8h3v7H4Zm5-6h3v13H9Zm5 9h3v4h-3Zm4-5h3v9h-3Z",
  graph: "M6 3a3 3 0 1 0 1.3 5.7l3 4.6a3 3 0 1 0 4.5 3.2l3.3-1.3a3 3 0 1 0-.6-1.9l-3.3 1.3a3 3 0 0 0-2.6-2l-3-4.6A3 3 0 0 0 6 3Z",
};

/** Register the views with YASR; `terms` is the answer of /query/terms. */
export function registerViews(Yasr, terms) {
  Yasr.registerPlugin("table", linkedTable(Yasr.plugins.table, terms));
  Yasr.registerPlugin("map", mapView(terms));
  Yasr.registerPlugin("timeline", timelineView(terms));
  Yasr.registerPlugin("graph", graphView(terms));
}

class View {
  constructor(yasr) {
    this.yasr = yasr;
    this.priority = 1;
  }

  get variables() {
    return this.yasr.results?.getVariables() ?? [];
  }

  get bindings() {
    return this.yasr.results?.getBindings() ?? [];
  }

  getIcon() {
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[this.icon]);
    icon.append(path);
    return icon;
  }

  async draw() {
    try {
      await this.show();
    } catch (error) {
      console.error(error);
      this.holder("query-note").textContent = "This view cannot be drawn; loading the page again may help.";
    }
  }

  holder(name) {
    const made = element("div", { class: name });
    this.yasr.resultsEl.append(made);
    return made;
  }
}

function linkedTable(Table, terms) {
  return class LinkedTable extends Table {
    constructor(yasr) {
      super(yasr);
      this.helpReference = undefined; // it leads to another host
    }

    /** YASR cleans each value of all rows as if it were markup to search and sort it: seconds for a long answer. */
    getColumns() {
      const plain = (cell) => (cell?.value ?? "").replace(/[<>&]/g, " "); // DataTables may read it as markup
      return super.getColumns().map((column) => {
        const { render, title } = column;
        if (title === undefined) return column; // the number of the row
        return { ...column, render: (cell, type, ...rest) => (type === "display" ? render(cell, type, ...rest) : plain(cell)) };
      });
    }

    /** YASR's links lead to the IRIs themselves, ours to the pages about them. */
    getCellContent(cell) {
      const linked = (iri) => element("a", { class: "iri", href: pageOf(iri, terms), title: iri }, short(iri, terms));
      const plain = cell.type === "bnode" ? `_:${cell.value}` : cell.value;
      const words = element("span", {}, cell.type === "uri" ? linked(cell.value) : plain);
      const kind = this.persistentConfig.compact ? undefined : (cell["xml:lang"] ?? (cell.datatype && linked(cell.datatype)));
      if (kind) words.append(" ", element("small", {}, kind));
      return element("div", {}, words).outerHTML;
    }
  };
}

function mapView(terms) {
  return class MapView extends View {
    icon = "map";
    label = "Map";

    canHandleResults() {
      return geometryColumns(this.variables, this.bindings) !== undefined;
    }

    async show() {
      const { drawMap } = await import("./map-view.js");
      const columns = geometryColumns(this.variables, this.bindings);
      const describe = describer(this.variables, this.bindings, Object.values(columns), terms);
      const [points, shapes] = [[], []];
      for (const row of this.bindings) {
        const geometry = geometryOf(row, columns);
        if (!geometry) continue;
        const said = describe(row);
        if (geometry.type === "Point") points.push({ lon: geometry.coordinates[0], lat: geometry.coordinates[1], ...said });
        else shapes.push({ geometry, ...said });
      }
      const left = this.bindings.length - points.length - shapes.length;
      const holder = this.holder("query-map");
      await drawMap(holder, points, { label: "Map of the answer", shapes });
      if (left) this.holder("query-note").textContent = `${left} rows have no place that can be drawn.`;
    }
  };
}

function geometryOf(row, { wkt, latitude, longitude }) {
  if (wkt) return row[wkt] && readWkt(row[wkt].value);
  const at = [row[longitude], row[latitude]].map((cell) => (cell ? Number(cell.value) : NaN));
  return at.every(Number.isFinite) ? { type: "Point", coordinates: at } : undefined;
}

function timelineView(terms) {
  return class TimelineView extends View {
    icon = "timeline";
    label = "Timeline";

    canHandleResults() {
      return timeColumns(this.variables, this.bindings) !== undefined;
    }

    async show() {
      const { drawTimeline } = await import("./timeline-view.js");
      const { start, end } = timeColumns(this.variables, this.bindings);
      const describe = describer(this.variables, this.bindings, [start, end], terms);
      const entries = this.bindings.flatMap((row) => {
        const time = row[start] && readTime(row[start].value);
        const until = end && row[end] && readTime(row[end].value);
        return time ? [{ ...time, until: until?.said, ...describe(row) }] : [];
      });
      const left = this.bindings.length - entries.length;
      drawTimeline(this.holder("query-timeline"), entries);
      if (left) this.holder("query-note").textContent = `${left} rows have no date.`;
    }
  };
}

function graphView(terms) {
  return class GraphView extends View {
    icon = "graph";
    label = "Graph";

    canHandleResults() {
      const columns = tripleColumns(this.variables);
      return columns !== undefined && graphOf(this.bindings, columns, terms).edges.length > 0;
    }

    async show() {
      const { drawGraph } = await import("./graph-view.js");
      const graph = graphOf(this.bindings, tripleColumns(this.variables), terms);
      drawGraph(this.holder("graph-holder"), graph, { label: "Graph of the answer" });
    }
  };
}
