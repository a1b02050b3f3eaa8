"""Letters of both alphabets: found, sorted, kept and named rightly."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.names import ALPHABET, clean, download_name, email_key, fold, query_words, search_words, sort_key

TURKISH = "AaBbCcÇçDdEeFfGgĞğHhIıİiJjKkLlMmNnOoÖöPpRrSsŞşTtUuÜüVvYyZz"
AZERBAIJANI = "AaBbCcÇçDdEeƏəFfGgĞğHhXxIıİiJjKkQqLlMmNnOoÖöPpRrSsŞşTtUuÜüVvYyZz"


@pytest.mark.parametrize("typed", ["isik", "IŞIK", "Işık", "ışık", "İşik"])
def test_one_name_is_found_however_it_is_typed(typed: str) -> None:
    assert query_words(typed)[0] in search_words("Nihal Işık")


@pytest.mark.parametrize("typed", ["aliyev", "Əliyev", "eliyev", "ƏLİYEV", "Aliyev"])
def test_the_schwa_is_found_as_e_and_as_a(typed: str) -> None:
    assert any(word.startswith(query_words(typed)[0]) for word in search_words("Günel Əliyeva"))


def test_every_letter_folds_to_a_plain_small_one() -> None:
    assert fold(TURKISH + AZERBAIJANI).isascii() and fold(TURKISH + AZERBAIJANI).islower()


@pytest.mark.parametrize("alphabet", [TURKISH, AZERBAIJANI])
def test_names_sort_in_the_order_of_the_alphabet(alphabet: str) -> None:
    small = [letter for letter in ALPHABET if letter in alphabet]
    assert sorted(small, key=sort_key) == small
    capitals = [alphabet[n] for n in range(0, len(alphabet), 2) if alphabet[n] != "Q"]
    assert sorted(capitals, key=sort_key) == capitals


def test_similar_letters_are_not_confused_in_sorting() -> None:
    names = ["Çelik", "Cafer", "Şen", "Sarı", "Iraz", "İpek", "Özkan", "Oya", "Ərəb", "Elif"]
    assert sorted(names, key=sort_key) == [
        "Cafer", "Çelik", "Elif", "Ərəb", "Iraz", "İpek", "Oya", "Özkan", "Sarı", "Şen",
    ]  # fmt: skip


@given(some.text())
def test_what_is_stored_can_be_stored_anywhere(text: str) -> None:
    kept = clean(text)
    assert b"\x00" not in kept.encode("utf-8")
    assert unicodedata.is_normalized("NFC", kept)
    assert clean(kept) == kept


@given(some.text())
def test_keys_are_plain_and_bounded(text: str) -> None:
    assert sort_key(text).isascii() and len(sort_key(text)) <= 400
    assert all(word.isascii() and word.isalnum() for word in query_words(text))
    assert len(email_key(text)) <= 254


@given(some.text())
def test_a_download_name_is_never_empty_nor_a_path(text: str) -> None:
    name = download_name(text)
    assert name and name.isascii() and not set(name) & set('/\\:*?"<>|\r\n\x00')
    assert len(name) <= 100 and not name.startswith(".")


NAMES = [("ı.pdf", "i.pdf"), ("Işıl Ə.pdf", "Isil_E.pdf"), ("../../etc/passwd", "passwd"), ("", "file")]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_download_names_stay_readable(text: str, name: str) -> None:
    assert download_name(text) == name


def test_bidi_characters_never_turn_a_name_around() -> None:
    assert clean("cv\u202efdp.exe") == "cvfdp.exe"
