"""Low, best and high over what several reports and sources say."""

from __future__ import annotations

import pytest

from kg.clustering.figures import Figures, dead, injured
from kg.clustering.model import Count, Signature


def said(source: str, issued: str, least: int, most: int | None = None) -> Signature:
    return Signature(
        event=f"{source}{issued}/event/1",
        report=f"{source}{issued}",
        issued=issued,
        kind="Killing",
        family="Killing",
        days=None,
        dead=Count(least, least if most is None else most, (source,)),
    )


@pytest.mark.parametrize(
    ("members", "figures"),
    [
        ([], None),
        ([said("a", "01", 77)], (77, 77, 77)),
        ([said("a", "01", 77), said("b", "01", 120)], (77, 77, 120)),
        ([said("a", "01", 77), said("b", "01", 120), said("c", "01", 374)], (77, 120, 374)),
        ([said("a", "01", 50), said("a", "02", 57), said("a", "03", 61)], (50, 61, 61)),
        ([said("a", "01", 50), said("a", "02", 57), said("b", "01", 60), said("c", "", 90)], (50, 60, 90)),
        ([said("a", "01", 30, 40), said("b", "01", 35)], (30, 30, 40)),
        ([said("a", "01", 5), said("a", "01", 50)], (5, 50, 50)),
    ],
)
def test_figures(members: list[Signature], figures: tuple[int, int, int] | None) -> None:
    assert dead(members) == (Figures(*figures) if figures else None)
    assert dead(reversed(members)) == dead(members)
    assert injured(members) is None
