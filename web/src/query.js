// The query page: YASQE as its editor, YASR for answers, in place of the plain form.

import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "leaflet/dist/leaflet.css";
import "./map.css";
import "./graph.css";
import "./query.css";

import { registerCompleters } from "./lib/completion.js";
import { element, embedded } from "./lib/dom.js";
import { registerViews } from "./lib/yasr-plugins.js";

const { Yasqe, Yasr } = Yasgui;
const STORED = "sitrep-query"; // where the browser keeps a query that is being written
const DOWNLOADS = {
  solutions: [["csv", "CSV"], ["json", "JSON"], ["tsv", "TSV"], ["xml", "XML"]],
  graph: [
    ["turtle", "Turtle"],
    ["ntriples", "N-Triples"],
    ["jsonld", "JSON-LD"],
    ["rdfxml", "RDF/XML"],
    ["nquads", "N-Quads"],
    ["trig", "TriG"],
  ],
};

class QueryPage {
  constructor(form, terms) {
    this.form = form;
    this.terms = terms;
    this.text = form.querySelector("textarea");
    this.run = form.querySelector("#query-run");
    this.said = element("span", { class: "query-said", role: "status" });
    this.note = element("p", { class: "query-note" });
    this.downloads = element("p", { class: "links query-downloads" });
    this.drawEditor();
    this.drawResults();
    this.listen();
    this.begin();
  }

  drawEditor() {
    const completers = registerCompleters(Yasqe, this.terms);
    const holder = element("div", { id: "query-editor" });
    this.text.before(holder);
    this.text.hidden = true;
    this.text.required = false;
    this.form.querySelector("#query-plain").remove();
    this.yasqe = new Yasqe(holder, {
      value: this.text.value,
      autocompleters: completers,
      consumeShareLink: null,
      createShareableLink: null, // the link is a button of ours
      showQueryButton: false,
      editorHeight: "auto", // as long as the query
      resizeable: false,
      viewportMargin: Infinity,
      persistenceId: this.isAsked ? null : STORED,
      requestConfig: {
        endpoint: new URL(this.form.dataset.answer, location.href).href,
        method: "POST",
        queryArgument: "query",
        acceptHeaderSelect: "application/sparql-results+json, application/problem+json",
        acceptHeaderGraph: "text/turtle, application/problem+json",
      },
    });
    const field = this.yasqe.getInputField();
    field.id = "query-field";
    this.form.querySelector("label").htmlFor = field.id;
    this.copy = element("button", { type: "button", class: "plain-button" }, "Copy link");
    this.tidy = element("button", { type: "button", class: "plain-button" }, "Format");
    const keys = element("span", { class: "query-keys" }, "Ctrl+Enter runs, Ctrl+Space completes, Esc then Tab leaves");
    this.run.after(this.copy, this.tidy, this.said, keys);
  }

  drawResults() {
    registerViews(Yasr, this.terms);
    this.result = document.getElementById("query-result");
    this.holder = element("div", { id: "query-answer", hidden: true });
    this.result.after(this.holder);
    this.holder.append(element("h2", {}, "Answer"), this.note);
    this.yasr = new Yasr(this.holder, {
      persistenceId: null,
      prefixes: { ...this.terms.prefixes },
      plugins: { table: { enabled: true, dynamicConfig: { compact: true, isEllipsed: false } } },
      pluginOrder: ["table", "map", "timeline", "graph", "response"],
      defaultPlugin: new URLSearchParams(location.search).get("view") || "table",
      maxPersistentResponseSize: 0,
      errorRenderers: [async (error) => refusal(error)],
    });
    this.holder.append(this.downloads);
    this.yasr.on("drawn", () => this.nameFields());
    this.yasr.on("change", () => this.holder.hidden || this.remember());
  }

  /** Whether the address has a query, which the server has answered already. */
  get isAsked() {
    return new URLSearchParams(location.search).has("query");
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.running) this.yasqe.abortQuery();
      else this.ask();
    });
    this.yasqe.on("query", () => this.begun());
    this.yasqe.on("queryAbort", () => this.ended("Stopped."));
    this.yasqe.on("queryResponse", (_yasqe, response, duration) => this.answered(response, duration));
    this.copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.link().href);
      this.said.textContent = "The link is copied.";
    });
    this.tidy.addEventListener("click", () => this.yasqe.autoformat());
    for (const example of document.querySelectorAll(".query-examples a")) {
      example.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.load(new URL(example.href).searchParams);
        this.form.scrollIntoView({ block: "start" });
      });
    }
    addEventListener("popstate", () => this.load(new URLSearchParams(location.search)));
  }

  /** Show what the server answered with the page, or ask for all that it left out. */
  begin() {
    const given = embedded("query-given");
    if (given) {
      this.answered({ ...given, status: 200 });
    } else if (this.isAsked) {
      this.ask();
    }
  }

  /** Show and ask a query of an example, or of an address that the browser goes back to. */
  load(parameters) {
    const query = parameters.get("query");
    this.holder.hidden = query === null;
    if (query === null) return;
    this.yasqe.setValue(query);
    this.yasr.selectPlugin(parameters.get("view") ?? "table");
    this.ask();
  }

  ask() {
    this.yasqe.query().catch(() => {}); // YASR shows what went wrong
  }

  /** Address of this query and the view that is chosen; anyone may open it, scripts or not. */
  link() {
    const link = new URL(location.pathname, location.href);
    link.searchParams.set("query", this.yasqe.getValue());
    const view = this.yasr.getSelectedPluginName();
    if (view !== "table") link.searchParams.set("view", view);
    return link;
  }

  /** Put query and view into the address: as a new entry of the browser's history if it is another query. */
  remember() {
    const [wanted, shown] = [this.link().searchParams, new URLSearchParams(location.search)];
    const sameQuery = wanted.get("query") === shown.get("query")?.replaceAll("\r\n", "\n");
    if (sameQuery && wanted.get("view") === shown.get("view")) return;
    if (sameQuery) history.replaceState(null, "", this.link());
    else history.pushState(null, "", this.link());
  }

  begun() {
    this.remember();
    this.running = true;
    this.run.textContent = "Stop";
    const since = Date.now();
    const tell = () => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      this.said.textContent = seconds ? `Running for ${seconds} s …` : "Running …";
    };
    tell();
    this.clock = setInterval(tell, 1000);
  }

  ended(words) {
    clearInterval(this.clock);
    this.running = false;
    this.run.textContent = "Run query";
    this.said.textContent = words;
  }

  answered(response, duration) {
    if (response?.name === "AbortError") return;
    this.ended("");
    this.result.hidden = true;
    this.holder.hidden = false;
    this.yasr.setResponse(response, duration);
    const failed = this.yasr.results.hasError();
    const cut = response.headers?.get("Sitrep-Truncated");
    this.note.textContent = cut ? `The first ${Number(cut).toLocaleString("en")} rows; the downloads have all.` : "";
    this.holder.classList.toggle("failed", failed);
    const isGraph = this.yasr.results.getType() === "ttl";
    this.downloads.replaceChildren(...(failed ? [] : this.offers(isGraph ? DOWNLOADS.graph : DOWNLOADS.solutions)));
  }

  offers(formats) {
    const query = this.yasqe.getValue();
    const links = formats.map(([format, name]) => {
      const address = new URL(this.form.dataset.download, location.href);
      address.search = new URLSearchParams({ query, format });
      return element("a", { href: address.href, download: `answer.${format}` }, name);
    });
    return [element("span", {}, "Download all of it:"), ...links];
  }

  /** Names for the fields of YASR that it leaves without. */
  nameFields() {
    this.holder.querySelector(".CodeMirror textarea")?.setAttribute("aria-label", "The answer as it came");
    this.holder.querySelector(".tableSizer")?.setAttribute("aria-label", "Rows of a page");
    this.holder.querySelector("table.dataTable th:first-child:empty")?.setAttribute("aria-label", "Row");
  }
}

/** What the server says is wrong, in place of the JSON that it says it in. */
async function refusal(error) {
  try {
    return element("p", { class: "error", role: "alert" }, JSON.parse(error.text).detail);
  } catch {
    return undefined;
  }
}

const form = document.getElementById("query-form");
const answer = await fetch(form.dataset.terms);
if (answer.ok) new QueryPage(form, await answer.json());
