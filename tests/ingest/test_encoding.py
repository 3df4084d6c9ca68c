"""Texts in the encodings that reports come in, most of them short, which is what makes guessing hard."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.ingest.encoding import decode

ENGLISH = "The SDF said “all attackers” were killed – it denied the jail’s walls had been breached."
# A zero byte would make a binary file of UTF-8, and a UTF-32 mark of a UTF-16 one.
TEXT = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
RUSSIAN = "Министерство обороны сообщило, что удар пришелся по временному пункту в Макеевке."


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", ENGLISH),
        ("cp1252", "“We deny it”, he said."),
        ("cp1252", "A bomb went off near the café in N’Djamena."),
        ("iso-8859-1", "President Déby said troops had left the town on Monday."),
        ("iso-8859-1", "L'armée a déclaré que des terroristes ont été tués près de Gao, à la frontière."),
        ("iso-8859-1", "El ejército informó de la muerte de quince guerrilleros en la región de Nariño."),
        ("cp1252", "Die Kämpfe dauerten bis Dienstag an; größere Verluste gab es nicht."),
        ("cp1251", RUSSIAN),
        ("cp1251", "Бои идут в Бахмуте."),
        ("koi8-r", RUSSIAN),
        ("cp1250", "Wojsko poinformowało, że żołnierze zajęli miejscowość i zabili dwóch bojowników."),
        ("cp1254", "Ordu, iki askerin şehit olduğunu açıkladı; bölgede çatışmalar sürüyor."),
        ("cp1256", "قال المرصد السوري إن سبعة وسبعين من عناصر التنظيم قتلوا في محيط سجن غويران."),
        ("cp1255", 'צה"ל הודיע כי תקף מטרות ברצועת עזה בתגובה לירי רקטות.'),
        ("gb18030", "叙利亚人权观察组织说，袭击发生以来至少有七十七名武装分子被打死。"),
        ("shift_jis", "シリア人権監視団によると、襲撃以来少なくとも七十七人の戦闘員が死亡した。"),
        ("utf-16-le", ENGLISH),
        ("utf-16-be", ENGLISH),
        ("utf-16-le", RUSSIAN),
        ("utf-16-be", RUSSIAN),
    ],
)
def test_text_without_a_mark_is_told(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), name="a.txt") == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@settings(deadline=None)
@given(text=TEXT)
def test_byte_order_mark_decides_and_is_dropped(encoding: str, text: str) -> None:
    assert decode(("\ufeff" + text).encode(encoding), name="a.txt") == text


@settings(deadline=None)
@given(text=TEXT.filter(lambda text: not text.startswith("\ufeff")))
def test_utf8_is_taken_as_it_is(text: str) -> None:
    assert decode(text.encode(), name="a.txt") == text


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        (
            "iso-8859-1",
            b"He said \x93No\x94.",
            "He said “No”.",
        ),  # Latin-1 has control characters there; browsers read cp1252
        ("windows-1251", "Бои".encode("cp1251"), "Бои"),
        ("iso-8859-1", "“No”".encode(), "“No”"),  # saved anew as UTF-8
        (
            "utf-16",
            b"He said \x93No\x94.",
            "He said “No”.",
        ),  # it cannot be, or the declaration could not be read
        ("no-such-encoding", b"He said \x93No\x94.", "He said “No”."),
        ("hex", b"He said \x93No\x94.", "He said “No”."),
    ],
)
def test_declared_encoding(declared: str, data: bytes, text: str) -> None:
    assert decode(data, name="a.html", declared=declared) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"text\0text", "binary"),
        (b"\0" * 40, "binary"),
        (b"\xff\xfea\xd8", "marked as UTF-16-LE but broken"),
        ("Line.\n“Déby” said “no”.".encode() + b"\xe2\x80", "broken characters, the first on line 2"),
    ],
)
def test_what_is_no_text(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        decode(data, name="a.txt")
    assert error.value.name == "a.txt"
