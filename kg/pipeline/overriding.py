"""Overrides and the store: which are in force, and bringing a changed file to reports that were read before.

What a report said as it was read is kept beside the store for each report that overrides change, so that a
line that is taken out again, or added, needs no text to be read again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import rdflib

from kg import clustering, iri
from kg.batch import Batch, is_report
from kg.clustering.model import Rulings
from kg.errors import DataError
from kg.gazetteer import Gazetteer
from kg.named import Database
from kg.overrides import (
    FILE,
    FOLDER,
    Override,
    Overrides,
    Verb,
    in_force_file,
    overrides_in_force,
    read_overrides,
)
from kg.pipeline.known import entity_graph, stored_links
from kg.pipeline.overruling import Rules, make_rules
from kg.pipeline.report import Reject, Ruled, ruled, triples_of
from kg.store import Store
from kg.validation import Validator
from kg.vocab import SIT

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A report of the store as it was read, and as people have it now (None: the same)."""

    report: str
    identifier: str
    as_read: rdflib.Graph
    now: Ruled | None


def read_rules(store: Store, *, file: Path | None, gazetteer: Gazetteer) -> Rules:
    """The rules of a file, else of the store's; what is wrong in it is logged, a line each.

    Raises DataError where a file that was asked for is not there.
    """
    path = file or store.path / FILE
    if file is not None and not file.is_file():
        raise DataError(file, None, "there is no such file of overrides")
    overrides, problems = read_overrides(path, base_iri=store.base_iri)
    rules, refused = make_rules(overrides, base_iri=store.base_iri, gazetteer=gazetteer)
    for problem in (*problems, *(f"{path}: {_short(line)}: {why}; left out" for line, why in refused)):
        _LOG.warning("%s", problem)
    return rules


def rules_in_force(store: Store, gazetteer: Gazetteer) -> Rules:
    """The rules that the store's graphs were made by."""
    overrides = overrides_in_force(store.path, base_iri=store.base_iri)
    return make_rules(overrides, base_iri=store.base_iri, gazetteer=gazetteer)[0]


def rulings(overrides: Overrides) -> Rulings:
    """What people say of clusters."""
    pairs = {
        verb: frozenset(frozenset({line.subject, line.object}) for line in overrides.of(verb))
        for verb in (Verb.TOGETHER, Verb.SEPARATE)
    }
    return Rulings(together=pairs[Verb.TOGETHER], separate=pairs[Verb.SEPARATE])


def apply_rules(store: Store, rules: Rules, *, ontology: Path, gazetteer: Gazetteer) -> None:
    """Make the store say what the rules say, if others were in force; no text is read."""
    before = overrides_in_force(store.path, base_iri=store.base_iri)
    if before == rules.overrides:
        return
    with store.writing() as batch:
        events = {
            event.rpartition("/event/")[0]
            for line in set(before.lines) ^ set(rules.overrides.lines)
            if line.verb in (Verb.TOGETHER, Verb.SEPARATE)
            for event in (line.subject, line.object)
        }
        validator = cache(lambda: Validator(ontology))
        looked_at = [_changed(store, batch, name, rules, validator) for name in _reports(store, batch, rules)]
        changed = [one for one in looked_at if one is not None]
        for one in changed:
            keep_as_read(store, one.identifier, triples_of(one.as_read), report=one.report)
            batch.put_triples(one.report, triples_of(one.as_read if one.now is None else one.now.graph))
        known = entity_graph(batch, gazetteer, stored_links(store, rules.overrides), rules)
        batch.put_graph(iri.graph(store.base_iri, "entities"), known)
        touched = {one.report for one in changed} | events
        clustering.update(
            batch.altering(iri.graph(store.base_iri, "clusters")),
            base_iri=store.base_iri,
            reports=touched,
            rulings=rulings(rules.overrides),
        )
    for one in changed:
        _replace_rejects(store, one)
        if one.now is None:
            keep_as_read(store, one.identifier, None, report=one.report)
    _write(in_force_file(store.path), rules.overrides.text().encode())


def keep_as_read(store: Store, identifier: str, triples: bytes | None, *, report: str) -> None:
    """Keep what was read of a report that people overrule, or drop it (None).

    To be kept before the batch that stores the report ends, to be dropped after: whenever a process dies,
    what is kept is what was read.
    """
    path = store.as_read_file(identifier)
    if triples is None:
        path.unlink(missing_ok=True)
        return
    name = ox.NamedNode(report)
    quads = (
        ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in sorted(_parse(triples), key=str)
    )
    _write(path, ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")


def reject_lines(rejects: Iterable[Reject]) -> list[str]:
    """Rejects as JSON objects, a line each; those that a person's line led to say so."""
    lines = []
    for reject in rejects:
        result = asdict(reject.result)
        line = {name: result[name] for name in ("focus", "path", "value", "shape", "message")}
        line |= {"sentence": reject.sentence} | ({"overruled": True} if reject.overruled else {})
        lines.append(json.dumps(line, ensure_ascii=False))
    return lines


def write_rejects(path: Path, lines: Sequence[str]) -> None:
    """The rejects file of a report; none where nothing was rejected."""
    if not lines:
        path.unlink(missing_ok=True)
        return
    _write(path, "".join(f"{line}\n" for line in lines).encode())


def warn_unmatched(store: Store, overrides: Overrides) -> None:
    """Log each line that nothing in the store answers to."""
    for line in unmatched(store, overrides):
        _LOG.warning("%s: nothing in the store answers to this line: %s", FILE, line)


def unmatched(store: Store, overrides: Overrides) -> list[str]:
    """The lines that nothing in the store answers to."""
    database = store.reading()
    kept = [path.read_bytes() for path in sorted((store.path / FOLDER).glob("*.nq"))]
    return [_short(line) for line in overrides.lines if not _matches(line, database, kept)]


def _matches(line: Override, database: Database, kept: Sequence[bytes]) -> bool:
    if line.verb is Verb.TOGETHER:
        clusters = [_values(database, event, SIT.partOfCluster) for event in (line.subject, line.object)]
        return bool(clusters[0] & clusters[1])
    names = [line.object] if line.verb is Verb.SAME else [line.subject]
    names += [line.object] if line.verb is Verb.SEPARATE else []
    graphs = {line.report} if line.report else None
    return all(_is_known(name, graphs, database, kept) for name in names)


def _is_known(name: str, graphs: set[str] | None, database: Database, kept: Sequence[bytes]) -> bool:
    """Whether something is said of it in one of the graphs (None: any), or was before it was overruled."""
    node = ox.NamedNode(name)
    found = {q.graph_name.value for q in database.quads_for_pattern(node, None, None, None)
             if isinstance(q.graph_name, ox.NamedNode)}  # fmt: skip
    if found and (graphs is None or found & graphs):
        return True
    subject = f"<{name}> ".encode()
    ends = [b""] if graphs is None else [f"<{graph}> .\n".encode() for graph in graphs]
    return any(subject in data and any(data.endswith(end) for end in ends) for data in kept)


def _values(database: Database, subject: str, predicate: rdflib.URIRef) -> set[str]:
    quads = database.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, None)
    return {str(quad.object) for quad in quads}


def _reports(store: Store, batch: Batch, rules: Rules) -> list[str]:
    """The reports that the rules may change, or that others have changed."""
    database, found = batch.touching(()), set()
    for path in (store.path / FOLDER).glob("*.nq"):
        found |= {_report_of(path)}
    for line in rules.overrides.lines:
        for name in (line.subject, line.object):
            if "://" in name:
                node = ox.NamedNode(name)
                for pattern in ((node, None), (None, node)):
                    found |= {
                        quad.graph_name.value
                        for quad in database.quads_for_pattern(pattern[0], None, pattern[1], None)
                        if isinstance(quad.graph_name, ox.NamedNode)
                    }
    return sorted(
        name
        for name in found
        if is_report(ox.NamedNode(name), base_iri=store.base_iri)
        and database.contains_named_graph(ox.NamedNode(name))
    )


def _report_of(path: Path) -> str:
    """The report that a file holds as it was read."""
    with path.open("rb") as file:
        quad = next(ox.parse(file, ox.RdfFormat.N_QUADS))
    return str(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else ""


def _changed(
    store: Store, batch: Batch, report: str, rules: Rules, validator: Callable[[], Validator]
) -> _Changed | None:
    """What becomes of a report; None where it is as it was read, and was before."""
    identifier = unquote(report.rpartition("/")[2])
    path = store.as_read_file(identifier)
    if path.is_file():
        graph = _graph(quad.triple for quad in _parse(path.read_bytes(), ox.RdfFormat.N_QUADS))
    else:
        name = ox.NamedNode(report)
        graph = _graph(q.triple for q in batch.touching(()).quads_for_pattern(None, None, None, name))
    now = ruled(graph, report, rules, validator())
    return _Changed(report, identifier, graph, now) if now is not None or path.is_file() else None


def _replace_rejects(store: Store, one: _Changed) -> None:
    """Put the rejects of the rules in force in the place of those of other rules."""
    path = store.rejects_file(one.identifier)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in lines if not json.loads(line).get("overruled")]
    write_rejects(path, [*kept, *reject_lines(() if one.now is None else one.now.rejects)])


def _parse(data: bytes, form: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> list[ox.Quad]:
    return list(ox.parse(data, form))


def _graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Triples as rdflib has them."""
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return rdflib.Graph(bind_namespaces="none").parse(data=data, format="nt")


def _write(path: Path, data: bytes) -> None:
    """Replace a file at once."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _short(line: Override) -> str:
    """A line as people wrote it, more or less."""
    return " ".join(line.text().split("\t")).strip()
