"""Time per stage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seconds:
    """Time spent in each stage; summed over the workers, so that with several it can exceed the clock's.

    `loading` is that of the model and the data files, before the first report; `mapping` has that of writing
    the graph out, `store` that of all graphs and indexes but clustering.
    """

    loading: float = 0.0
    ingest: float = 0.0
    reading: float = 0.0
    mapping: float = 0.0
    validation: float = 0.0
    clustering: float = 0.0
    store: float = 0.0

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(
            loading=self.loading + other.loading,
            ingest=self.ingest + other.ingest,
            reading=self.reading + other.reading,
            mapping=self.mapping + other.mapping,
            validation=self.validation + other.validation,
            clustering=self.clustering + other.clustering,
            store=self.store + other.store,
        )
