"""What the classes of an event's fillers say of its roles and its kind.

Works on one event with roles: weapons are means, a facility that holds people is a place, an attack by a
suicide bomber is a suicide bombing.
"""

from __future__ import annotations

from kg.reading import grammar
from kg.reading.state import Draft, DraftEvent, Mention, lemma


def refine(draft: Draft, event: DraftEvent) -> None:
    """Puts weapons, facilities and places into their roles, and narrows the kind."""
    _narrow(draft, event)
    _orders(draft, event)
    _weapons(draft, event)
    _facilities(draft, event)
    _attacked_places(draft, event)
    _leaving_civilians(event)
    if event.kind == "Clash" and len(event.fillers.get("participant", ())) > 1:
        event.fillers.pop("agent", None)  # who took part in a war between two others is on no side of it


def _narrow(draft: Draft, event: DraftEvent) -> None:
    """Takes the narrower kind where agent or means is named by one of its nouns."""
    named = [m for r in ("agent", "instrument") for m in event.fillers.get(r, ())]
    nouns = {n for m in named for n in _nouns(draft, m)}
    for narrower in draft.lexicon.narrower:
        if event.kind in narrower.of and nouns & narrower.nouns:
            event.kind = narrower.event
            return


def _orders(draft: Draft, event: DraftEvent) -> None:
    """ "Residents had been told to leave": a statement whose clause is an infinitive asks for it."""
    verb = draft.doc[event.root]
    if event.kind == "Statement" and lemma(verb) in draft.lexicon.cues.ordering_verbs:
        clauses = [c for c in verb.children if c.dep_ in ("xcomp", "ccomp") and c.pos_ == "VERB"]
        if any(g.dep_ == "aux" and g.lower_ == "to" for c in clauses for g in c.children):
            event.kind = "Demand"
            told = grammar.subjects(verb) if grammar.is_passive(verb) else grammar.objects(verb)
            for token in told:
                mention = draft.at.get(token.i)
                if mention is not None and draft.is_a(draft.class_of(mention), "Actor", "Country"):
                    event.add("addressee", mention)


def _nouns(draft: Draft, mention: Mention) -> set[str]:
    """The head noun, and with the word before it."""
    root = draft.doc[mention.root]
    before = draft.doc[root.i - 1].lower_ if root.i else ""
    return {lemma(root), f"{before} {lemma(root)}"}


def _weapons(draft: Draft, event: DraftEvent) -> None:
    """Weapons that "do" it are the means; the nation or body in their name does it."""
    if draft.is_a(event.kind, "MovementEvent"):
        return  # tanks advance by themselves
    for mention in list(event.fillers.get("agent", ())):
        if not draft.is_a(draft.class_of(mention), "Weapon"):
            continue
        root = draft.doc[mention.root]
        owners = [t for p, t in grammar.prepositions(root) if p == "of"]
        named = (
            draft.at.get(token.i) or draft.nations.get(token.i)
            for token in (*grammar.modifiers(root), *grammar.possessors(root), *owners)
        )
        doers = [
            m
            for m in named
            if m is not None and m is not mention and draft.is_a(draft.class_of(m), "Actor", "Country")
        ]
        if not doers and draft.is_a(draft.class_of(mention), "Aircraft", "Vehicle"):
            continue  # "jets bombed the camp": nobody else is named
        event.fillers["agent"].remove(mention)
        event.add("instrument", mention)
        for owner in doers:
            event.add("agent", owner)
    if "agent" in event.fillers and not event.fillers["agent"]:
        del event.fillers["agent"]


def _facilities(draft: Draft, event: DraftEvent) -> None:
    """A facility that holds people is the place where they are held."""
    if event.kind != "Detention":
        return
    holders = event.fillers.get("agent", [])
    facilities = [m for m in holders if draft.is_a(draft.class_of(m), "Facility")]
    if facilities:
        event.fillers["agent"] = [m for m in holders if m not in facilities]
        if not event.fillers["agent"]:
            del event.fillers["agent"]
        event.fillers.setdefault("place", []).extend(facilities)


def _leaving_civilians(event: DraftEvent) -> None:
    """Civilians who leave a place are displaced; forces withdraw."""
    agents = event.fillers.get("agent", [])
    if event.kind == "Withdrawal" and agents and all(m.people == "civilians" for m in agents):
        event.kind = "Displacement"


def _attacked_places(draft: Draft, event: DraftEvent) -> None:
    """A place that is attacked is where the attack is."""
    if "place" not in event.fillers and draft.is_a(event.kind, "ConflictEvent"):
        places = [m for m in event.fillers.get("target", ()) if draft.is_a(draft.class_of(m), "Place")]
        if places:
            event.fillers["place"] = places
