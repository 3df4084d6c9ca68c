"""PDFs as programs write them: text, paragraphs, what is left out, and those that cannot be read."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdf
import pytest
from fpdf import FPDF

from kg.errors import InputError
from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped
from kg.ingest import pdf as pdf_module
from kg.ingest.pdf_text import paragraphs

Read = Callable[..., list[Report | Rejected | Skipped]]
FIRST = (
    "Ten soldiers were killed near Gao on Monday when fighters attacked their post, the government said in "
    "a statement that was read on state television. It said that the attackers came on motorcycles at dawn, "
    "and that the army took the post back before noon."
)
SECOND = (
    "The mayor of the town, who was not there, put the number at fourteen. A hospital confirmed that nine "
    "had been brought in; two of them died."
)


def printed(*texts: str, head: str = "", title: str = "", font: str = "times", align: str = "L") -> bytes:
    """A PDF with each text as a paragraph; a text that is "\\f" begins a page."""
    pdf = FPDF()
    if title:
        pdf.set_title(title)
    pages = 0
    for text in ("\f", *texts):
        if text == "\f":
            pages += 1
            pdf.add_page()
            pdf.set_font(font, size=11)
            if head:
                pdf.cell(0, 8, f"{head} - page {pages}", align="C", new_x="LMARGIN", new_y="NEXT")
        else:
            pdf.multi_cell(0, 6, text, align=align, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
    return bytes(pdf.output())


@pytest.mark.parametrize("align", ["L", "J"])
def test_text_of_a_page_is_paragraphs_without_broken_lines(align: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "gao.pdf").write_bytes(printed(FIRST, SECOND, title="A raid near Gao", align=align))
    day = dt.date(2022, 1, 26)
    assert read(tmp_path / "gao.pdf", options=IngestOptions(date=day)) == [
        Report(identifier="gao", text=f"{FIRST}\n\n{SECOND}", title="A raid near Gao", issued=day)
    ]


def test_running_heads_and_page_numbers_are_left_out_and_paragraphs_run_on(
    tmp_path: Path, read: Read
) -> None:
    half = FIRST.index("the attackers")
    pages = (FIRST[:half].strip(), "\f", FIRST[half:], SECOND, "\f", SECOND)
    (tmp_path / "a.pdf").write_bytes(printed(*pages, head="Example Wire 2022"))
    [report] = read(tmp_path / "a.pdf")
    assert isinstance(report, Report)
    assert report.text.count("Example Wire") == 0
    assert report.text.split("\n\n") == [FIRST, SECOND, SECOND]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["They attacked the settle-", "ment at dawn."], "They attacked the settlement at dawn."),
        (["The well-known man of the well-", "known town."], "The well-known man of the well-known town."),
        (["Fighters of Al-", "Shabaab fled."], "Fighters of Al-Shabaab fled."),
        (["In 2019-", "20 they fled."], "In 2019-20 they fled."),
        (["The settle\xad", "ment was sil\xadent."], "The settlement was silent."),
        (["The \ufb01ghters \ufb02ed\x00 the of\ufb01ce."], "The fighters fled the office."),
        (["A raid", "", "Another."], "A raid\n\nAnother."),
        (["The dead are from these towns, says he:", "• Gao", "• Kidal"],
         "The dead are from these towns, says he:\n\n• Gao\n\n• Kidal"),
        (["half \ud83d pair"], "half \ufffd pair"),
        ([""], ""),
        (["-"], "-"),
    ],
)  # fmt: skip
def test_lines_are_joined(lines: Sequence[str], text: str) -> None:
    assert paragraphs(["\n".join(lines)]) == text


def test_lines_that_are_alike_by_chance_stay() -> None:
    pages = [f"Dead: {n}\nA shell hit the market and {n} people died.\n{n}" for n in range(1, 3)]
    assert paragraphs(pages).count("Dead: ") == 2
    assert "died. 1" not in paragraphs(pages)


@pytest.mark.parametrize(
    "title", ["Microsoft Word - final.doc", "report-3.docx", "Untitled", "Document1", " ", "a\x00b"]
)
def test_title_that_a_program_gave_is_none(title: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.pdf").write_bytes(printed(FIRST, title=title))
    [report] = read(tmp_path / "a.pdf")
    assert isinstance(report, Report)
    assert report.title is None


def _encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(printed(FIRST)))
    writer.encrypt("secret", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _scanned() -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.rect(10, 10, 50, 50, style="F")
    return bytes(pdf.output())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"A raid.", "it is not a PDF"),
        (b"%PDF-1.7\n" + b"\0\xff" * 4000, "the PDF is broken (pypdf.errors."),
        (printed(FIRST)[:300], "the PDF is broken (pypdf.errors."),
        (_encrypted(), "it is encrypted; save a copy without a password"),
        (_scanned(), "it has no text, only pictures of it; recognise the text first"),
    ],
    ids=["empty", "text", "noise", "cut", "encrypted", "scanned"],
)
def test_what_cannot_be_read_is_one_clear_line(data: bytes, reason: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    [rejected] = read(tmp_path / "a.pdf")
    assert isinstance(rejected, Rejected)
    assert rejected.name == str(tmp_path / "a.pdf")
    assert rejected.reason.startswith(reason)
    assert "\n" not in rejected.reason


def test_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """Twenty kilobytes that unpack to a million instructions."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("times", size=11)
    pdf._out("BT /F1 11 Tf " + "(a) Tj 0 1 Td " * 1_500_000 + "ET")
    data = bytes(pdf.output())
    assert len(data) < 200_000
    began = time.monotonic()
    with pytest.raises(InputError, match="its text was not found in 1 seconds"):
        pdf_module._pages(data, name="a.pdf", seconds=1)
    assert time.monotonic() - began < 60
