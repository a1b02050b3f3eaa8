"""Letters of both alphabets: found, sorted and recognised alike, whatever a person types."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.names import ALPHABETS, clean, download_name, email_key, one_line, sort_key

TURKISH = "abcçdefgğhıijklmnoöprsştuüvyz"
AZERBAIJANI = "abcçdeəfgğhxıijkqlmnoöprsştuüvyz"
BIG = {"i": "İ", "ı": "I", "ə": "Ə"}
anything = st.text(st.characters(), max_size=60)  # lone surrogates, NUL and unassigned code points too
letters = st.text(TURKISH + AZERBAIJANI + TURKISH.upper() + "İIəƏ qwxQWX", max_size=40)


def big(text: str) -> str:
    """In capitals, as Turkish and Azerbaijani write them."""
    return "".join(BIG.get(letter, letter.upper()) for letter in text)


@pytest.mark.parametrize(("language", "alphabet"), [("tr", TURKISH), ("az", AZERBAIJANI), *ALPHABETS.items()])
def test_names_sort_as_in_the_alphabet(language: str, alphabet: str) -> None:
    def key(letter: str) -> str:
        return sort_key(letter, language)

    assert sorted(alphabet[::-1], key=key) == list(alphabet)
    if language != "en":
        assert sorted(map(big, alphabet[::-1]), key=key) == [big(letter) for letter in alphabet]


ORDERS = {
    "tr": "Ceyhun Çağrı Elnur Əli Gülay Ğ Hakan Ilgaz İlkin Kamran Lale Ömer Pınar Quliyev Şahin Ümit Xəyalə Zeynep",
    "az": "Ceyhun Çağrı Elnur Əli Gülay Ğ Hakan Xəyalə Ilgaz İlkin Kamran Quliyev Lale Ömer Pınar Şahin Ümit Zeynep",
    "en": "Çağrı Ceyhun Əli Elnur Ğ Gülay Hakan Ilgaz İlkin Kamran Lale Ömer Pınar Quliyev Şahin Ümit Xəyalə Zeynep",
}


@pytest.mark.parametrize("language", ORDERS)
def test_people_stand_where_the_reader_looks_for_them(language: str) -> None:
    names = ORDERS[language].split()
    assert sorted(names[::-1], key=lambda name: sort_key(name, language)) == names


def test_where_nothing_else_differs_the_plain_letter_comes_first() -> None:
    names = ["Cetin", "Çetin", "Çetin A", "Çetina", "Yıldız", "Yilmaz"]
    assert sorted(names[::-1], key=lambda name: sort_key(name, "en")) == names


@pytest.mark.parametrize("language", ALPHABETS)
def test_blanks_come_before_marks_digits_and_letters(language: str) -> None:
    names = ["A nar", "A-nar", "A10", "A2", "Anar"]
    assert sorted(names[::-1], key=lambda name: sort_key(name, language)) == names


@given(anything, st.sampled_from(list(ALPHABETS)))
def test_keys_sort_alike_in_every_collation(text: str, language: str) -> None:
    """Only digits, so that no database's own order can differ."""
    assert re.fullmatch("[0-9]*", sort_key(text, language), re.ASCII)
    assert len(sort_key(text * 10, language)) <= 400


@pytest.mark.parametrize(
    "typed", ["IŞIK@kosgeb.example", "ışık@KOSGEB.example", " Işık@kosgeb.example\n", "İşik@kosgeb.example"]
)
def test_addresses_that_differ_only_by_casing_are_one_person(typed: str) -> None:
    assert email_key(typed) == "isik@kosgeb.example"


@given(anything)
def test_an_address_key_fits_its_column_and_is_stable(text: str) -> None:
    key = email_key(text)
    assert len(key) <= 254 and email_key(key) == key


@given(anything)
def test_clean_text_can_be_stored_and_shown(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not set(cleaned) & set("\x00\r\u202e\u200b\ufeff\x1b")
    assert clean(cleaned) == cleaned


def test_cleaning_keeps_what_people_write() -> None:
    kept = "Əliyeva, “10 µm”\n\tسلام 👩‍🔬 \U0001fae8"
    assert clean(kept) == unicodedata.normalize("NFC", kept)
    assert clean("a\r\nb\rc\x00\ud800\u202ed\ufffe") == "a\nb\ncd"


@given(anything)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(anything)
def test_a_download_name_is_a_plain_file_name(text: str) -> None:
    name = download_name(text)
    assert re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9]{1,8})?", name, re.ASCII)
    assert len(name) <= 100


NAMES = [
    ("Işıl Ə. özgeçmiş.pdf", "Isil_E_ozgecmis.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\papers\\ı.pdf", "i.pdf"),
    ("\u202e.pdf", "file.pdf"),
    ("", "file"),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_download_name_stays_readable(text: str, name: str) -> None:
    assert download_name(text) == name
