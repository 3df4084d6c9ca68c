// IRIs for people: short names, the pages of this server, completion.

/** The IRI with one of the prefixes, without the store's base, or as it stands. */
export function short(iri, { prefixes, base }) {
  let best = ["", ""];
  for (const [name, namespace] of Object.entries(prefixes)) {
    if (iri.startsWith(namespace) && namespace.length > best[1].length) best = [name, namespace];
  }
  const local = iri.slice(best[1].length);
  if (best[1] && local && !/[/#?]/.test(local)) return `${best[0]}:${local}`;
  return iri.startsWith(base) ? iri.slice(base.length) : iri;
}

/** Path of this server's page about a node, as `server.display.href` has it. */
export function pageOf(iri, { base }) {
  const path = iri.slice(base.length);
  if (iri.startsWith(base) && path && /^[\x00-\x7f]*$/.test(path) && !/[?#\\]/.test(path)) return `/id/${path}`;
  return `/describe?iri=${encodeURIComponent(iri)}`;
}

/** The last part of an IRI, for want of a label. */
export function localName(iri) {
  return decoded(iri.replace(/[/#]+$/, "").split(/[/#]/).pop()).replaceAll("_", " ") || iri;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}

/** Terms whose name or label has what was typed, those that begin with it first. */
export function matching(entries, typed, terms) {
  const wanted = typed.toLowerCase();
  const local = wanted.includes(":") ? wanted.slice(wanted.indexOf(":") + 1) : wanted;
  const rank = ({ iri, label }) => {
    const name = short(iri, terms).toLowerCase();
    if (name.startsWith(wanted) || iri.toLowerCase().startsWith(wanted)) return 0;
    if (wanted.includes("://")) return 3;
    if (wanted.includes(":") && !name.startsWith(wanted.slice(0, wanted.indexOf(":") + 1))) return 3;
    if (name.slice(name.indexOf(":") + 1).startsWith(local)) return 1;
    return name.includes(local) || label.toLowerCase().includes(local) ? 2 : 3;
  };
  return entries
    .map((entry) => [rank(entry), entry])
    .filter(([order]) => order < 3)
    .sort(([one, { iri: a }], [other, { iri: b }]) => one - other || (a < b ? -1 : 1))
    .map(([, entry]) => entry);
}
