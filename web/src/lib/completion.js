// Completion in the query editor: prefixes, classes and properties of our ontology, from this server only.

import { element } from "./dom.js";
import { matching, short } from "./terms.js";

const MOST = 60; // suggestions of one list

/** Register completers over `terms` (the answer of /query/terms); the names to enable. */
export function registerCompleters(Yasqe, terms) {
  const declarations = Object.entries(terms.prefixes).map(([name, iri]) => `${name}: <${iri}>`);
  Yasqe.forkAutocompleter("prefixes", { name: "our-prefixes", get: () => declarations, persistenceId: null }, false);
  const complete = (name, from, entries) =>
    Yasqe.forkAutocompleter(
      from,
      {
        name,
        autoShow: true,
        get: (_yasqe, token) => matching(entries, token.autocompletionString ?? "", terms).slice(0, MOST).map(({ iri }) => iri),
        preProcessToken: (_yasqe, token) => ({ ...token, autocompletionString: typed(token.string) }),
        postProcessSuggestion: (_yasqe, _token, iri) => written(iri, terms),
        postprocessHints: (_yasqe, hints) => hints.map((hint) => described(hint, entries, terms)),
      },
      false,
    );
  complete("our-classes", "class", [...terms.classes, ...terms.individuals]);
  complete("our-properties", "property", terms.properties);
  return ["variables", "our-prefixes", "our-classes", "our-properties"];
}

function typed(text) {
  return text.trim().replace(/^</, "").replace(/>$/, "");
}

function written(iri, terms) {
  const name = short(iri, terms);
  return name === iri ? `<${iri}>` : name;
}

/** A suggestion with what the term means beside it. */
function described(hint, entries, terms) {
  const found = entries.find(({ iri }) => written(iri, terms) === hint.text);
  const meaning = found?.comment || found?.label || "";
  const render = (holder) => {
    holder.append(element("span", { class: "hint-name" }, hint.text), element("span", { class: "hint-meaning" }, meaning));
  };
  return { ...hint, render };
}
