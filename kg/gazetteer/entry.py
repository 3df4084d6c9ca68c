"""One known thing, and its names."""

from __future__ import annotations

from dataclasses import dataclass

ACRONYM = 5  # an alias in capitals of at most so many letters must stand in capitals: "IS", "AFP"

ACTORS = frozenset(
    {
        "Person",
        "Organization",
        "ArmedGroup",
        "StateForce",
        "SecurityForce",
        "Coalition",
        "Government",
        "InternationalOrganization",
        "AidOrganization",
        "MonitoringGroup",
        "MediaOrganization",
        "PoliticalParty",
        "Company",
    }
)
PLACES = frozenset({"Country", "Region", "Settlement", "Neighbourhood", "NaturalFeature"})
FACILITIES = frozenset(
    {
        "Facility",
        "Prison",
        "Camp",
        "MilitaryBase",
        "Checkpoint",
        "Hospital",
        "School",
        "ReligiousSite",
        "Airport",
        "Market",
        "GovernmentBuilding",
        "Infrastructure",
        "Residence",
    }
)
WEAPONS = frozenset({"Weapon", "Vehicle", "Aircraft", "Explosive", "Firearm", "Missile"})
CLASSES = ACTORS | PLACES | FACILITIES | WEAPONS


@dataclass(frozen=True, slots=True)
class Entry:
    """One known thing. Coordinates are WGS 84 decimal degrees; `country` and `within` are keys of entries.

    `guarded` says that the name is also an ordinary word or a person's name: believe it only with support.
    """

    key: str
    label: str
    class_name: str  # local name of the ontology's class
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    wikidata: str | None
    latitude: float | None
    longitude: float | None
    population: int | None  # people who live there
    country: str | None
    within: str | None
    guarded: bool
    source: str

    @property
    def parents(self) -> tuple[str, ...]:
        """Keys of what the entry lies in or belongs to, nearest first."""
        return tuple(key for key in (self.within, self.country) if key is not None)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of an entry: its label, an alias, or (`demonym`) a word for its people.

    `words` are those of the name as the gazetteer writes them, without hyphens.
    """

    entry: Entry
    name: str
    words: tuple[str, ...]
    demonym: bool

    @property
    def acronym(self) -> bool:
        """Whether the name is in capitals and so short that only itself fits it."""
        return is_acronym(self.name)

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether words that fold to the name's are written as a name: capitals where the name has them."""
        if self.acronym:
            return "".join(words) == "".join(self.words)
        return all(w[:1].isupper() or not own[:1].isupper() for own, w in zip(self.words, words, strict=True))


def is_acronym(name: str) -> bool:
    """Whether a name is in capitals and has few letters."""
    return name.isupper() and sum(c.isalpha() for c in name) <= ACRONYM
