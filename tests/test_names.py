"""Letters of both alphabets: found, sorted and recognised alike, whatever a person types."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.names import ALPHABET, clean, download_name, email_key, fold, one_line, query_words, search_words, sort_key

TURKISH = "abcçdefgğhıijklmnoöprsştuüvyz"
AZERBAIJANI = "abcçdeəfgğhxıijkqlmnoöprsştuüvyz"
BIG = {"i": "İ", "ı": "I", "ə": "Ə"}
anything = st.text(st.characters(), max_size=60)  # lone surrogates, NUL and unassigned code points too
letters = st.text(TURKISH + AZERBAIJANI + TURKISH.upper() + "İIəƏ qwxQWX", max_size=40)


def big(text: str) -> str:
    """In capitals, as Turkish and Azerbaijani write them."""
    return "".join(BIG.get(letter, letter.upper()) for letter in text)


@pytest.mark.parametrize("alphabet", [TURKISH, AZERBAIJANI])
def test_every_letter_folds_to_one_small_letter_of_ascii(alphabet: str) -> None:
    for letter in alphabet:
        folded = fold(letter)
        assert re.fullmatch("[a-z]", folded), letter
        assert fold(big(letter)) == folded, letter


def test_the_same_name_folds_alike_however_it_is_cased() -> None:
    assert fold("IŞIK") == fold("Işık") == fold("ışık") == fold("isik") == "isik"
    assert fold("İLKİN ƏLİYEV") == fold("İlkin Əliyev") == fold("i̇lkin əliyev") == "ilkin eliyev"
    assert fold("Øzge Straße") == fold("øzge STRASSE") == "ozge strasse"


@given(letters)
def test_capitals_are_found_as_small_letters(text: str) -> None:
    assert fold(text) == fold(text.casefold()) == fold(big(text))
    assert fold(text).isascii()


@given(anything)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_a_schwa_is_found_however_people_write_it_abroad() -> None:
    words = search_words("Günel Əliyeva", "KX-2026-0042")
    for typed in ("Əliyeva", "Aliyeva", "ELİYEVA", "gunel", "0042"):
        assert set(query_words(typed)) <= words, typed


@given(anything)
def test_what_is_typed_into_a_search_becomes_few_plain_words(text: str) -> None:
    words = query_words(text)
    assert len(words) <= 8
    assert all(re.fullmatch("[a-z0-9]{1,60}", word) for word in words)


@pytest.mark.parametrize("alphabet", [TURKISH, AZERBAIJANI, ALPHABET])
def test_names_sort_as_in_the_alphabet(alphabet: str) -> None:
    assert sorted(alphabet[::-1], key=sort_key) == list(alphabet)
    assert sorted(map(big, alphabet[::-1]), key=sort_key) == [big(letter) for letter in alphabet]


def test_people_stand_where_both_countries_look_for_them() -> None:
    names = ["Çağrı", "Ceyhun", "Elnur", "Əli", "Gülay", "Ğ", "Xəyalə", "Ilgaz", "İlkin", "Kamran", "Quliyev", "Lale",
             "Ömer", "Şahin", "Ümit", "Zeynep"]  # fmt: skip
    assert sorted(names, key=sort_key) == ["Ceyhun", "Çağrı", *names[2:]]


def test_blanks_and_digits_come_before_letters() -> None:
    assert sorted(["Anar", "A nar", "A2", "A10"], key=sort_key) == ["A10", "A2", "A nar", "Anar"]


@given(anything)
def test_keys_sort_alike_in_every_collation(text: str) -> None:
    """Only digits, so that no database's own order can differ."""
    assert re.fullmatch("[0-9]*", sort_key(text), re.ASCII)
    assert len(sort_key(text * 10)) <= 400


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
