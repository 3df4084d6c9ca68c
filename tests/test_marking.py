"""A marked text is the text, and every character is under the marks that hold it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.marking import Piece, Span, marked

TEXT = "Fighters of IS fled."


def spans() -> st.SearchStrategy[list[Span]]:
    ends = st.tuples(st.integers(-3, 25), st.integers(-3, 25)).map(sorted)
    return st.lists(
        st.builds(lambda e, node: Span(e[0], e[1], node), ends, st.sampled_from("abc")), max_size=4
    )


def leaves(pieces: tuple[Piece, ...], above: tuple[str, ...] = ()) -> list[tuple[int, str, tuple[str, ...]]]:
    found = []
    for piece in pieces:
        nodes = (*above, piece.node) if piece.node is not None else above
        found += leaves(piece.parts, nodes) if piece.parts else [(piece.begin, piece.words, nodes)]
    return found


def test_marks_nest() -> None:
    assert marked(TEXT, [Span(12, 14, "is"), Span(0, 14, "group"), Span(15, 19, "fled")]) == (
        Piece(0, "Fighters of IS", "group", (Piece(0, "Fighters of "), Piece(12, "IS", "is"))),
        Piece(14, " "),
        Piece(15, "fled", "fled"),
        Piece(19, "."),
    )


def test_a_mark_that_overlaps_another_is_cut_there() -> None:
    assert marked(TEXT, [Span(0, 11, "a"), Span(9, 14, "b")]) == (
        Piece(0, "Fighters of", "a", (Piece(0, "Fighters "), Piece(9, "of", "b"))),
        Piece(11, " IS", "b"),
        Piece(14, " fled."),
    )


def test_offsets_count_from_where_the_text_begins() -> None:
    assert marked("IS fled", [Span(100, 102, "is"), Span(1, 3, "elsewhere")], offset=100) == (
        Piece(100, "IS", "is"),
        Piece(102, " fled"),
    )


@given(spans())
def test_the_pieces_are_the_text_under_its_marks(some: list[Span]) -> None:
    found = leaves(marked(TEXT, some))
    assert "".join(words for _, words, _ in found) == TEXT
    for begin, words, nodes in found:
        assert words == TEXT[begin : begin + len(words)]
        for place in range(begin, begin + len(words)):
            assert set(nodes) == {span.node for span in some if span.begin <= place < span.end}


def test_marks_do_not_nest_without_end() -> None:
    found = marked("x" * 3000, [Span(n, 6000 - n, f"node {n}") for n in range(3000)])
    assert "".join(words for _, words, _ in leaves(found)) == "x" * 3000
    assert max(len(nodes) for _, _, nodes in leaves(found)) < 10
