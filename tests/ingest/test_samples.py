"""The sample reports that ship with Sitrep: what the README and `make run` promise of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.facts import Report
from kg.ingest import Rejected, Skipped

Read = Callable[..., list[Report | Rejected | Skipped]]
SAMPLES = Path(__file__).parents[2] / "samples"


def test_all_are_read_and_of_the_length_of_a_news_report(read: Read) -> None:
    reports = [item for item in read(SAMPLES) if isinstance(item, Report)]
    assert len(reports) == len(read(SAMPLES)) >= 9
    assert len({report.identifier for report in reports}) == len(reports)
    lengths = {report.identifier: len(report.text.split()) for report in reports}
    assert {name: words for name, words in lengths.items() if not 150 <= words <= 350} == {}
    assert all("\n\n" in report.text for report in reports)


def test_three_sources_tell_of_ghwayran_each_with_its_figures(read: Read) -> None:
    reports = [item for item in read(SAMPLES) if isinstance(item, Report)]
    told = {report.identifier: report for report in reports if report.identifier.startswith("ghwayran-")}
    assert sorted(told) == ["ghwayran-agency", "ghwayran-forces", "ghwayran-monitor"]
    assert len({report.issued for report in told.values()}) == 3
    for name, figure in {"agency": "181", "forces": "374", "monitor": "123"}.items():
        assert [other for other in sorted(told) if figure in told[other].text] == [f"ghwayran-{name}"]


def test_every_reader_is_shown_and_dates_come_with_the_report(read: Read) -> None:
    assert {path.suffix for path in SAMPLES.iterdir()} == {".html", ".jsonl", ".txt"}
    undated = [item.identifier for item in read(SAMPLES) if isinstance(item, Report) and item.issued is None]
    assert undated == ["hayat-hotel"]  # plain text has nowhere to put one
