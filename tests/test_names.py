"""Letters of both alphabets: found, sorted and recognised alike, whatever a person types."""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.names import (
    ALPHABETS,
    LANGUAGES,
    clean,
    download_name,
    email_key,
    in_language,
    one_line,
    query_words,
    search_words,
    sort_key,
    travel_name,
)

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
def test_names_sort_by_the_readers_alphabet(language: str) -> None:
    names = ORDERS[language].split()
    assert sorted(names[::-1], key=lambda name: sort_key(name, language)) == names


def test_a_plain_letter_sorts_first_where_nothing_else_differs() -> None:
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
    ("Işıl Ə. özgeçmiş.pdf", "Isil_A_ozgecmis.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\papers\\ı.pdf", "i.pdf"),
    ("\u202e.pdf", "file.pdf"),
    ("", "file"),
]


@pytest.mark.parametrize(
    ("name", "country", "written"),
    [
        ("Ümit Kağan Öztürk", "TR", "UMIT KAGAN OZTURK"),
        ("Işıl Çağrı Yıldırım", "TR", "ISIL CAGRI YILDIRIM"),
        ("İLKAY ŞAHİN", "TR", "ILKAY SAHIN"),
        ("Ayşegül Âdem-Cömert", "TR", "AYSEGUL ADEM-COMERT"),
        ("Əhməd Quliyev", "TR", "EHMED QULIYEV"),
        ("Şəhriyar Qədirov", "AZ", "SHAHRIYAR GADIROV"),
        ("ŞƏHRİYAR QƏDİROV", "AZ", "SHAHRIYAR GADIROV"),
        ("Günel Əliyeva", "AZ", "GUNEL ALIYEVA"),
        ("Xəyal Çingizoğlu Cəfərov", "AZ", "KHAYAL CHINGIZOGHLU JAFAROV"),
        ("Ümit Öztürk Ağayeva", "AZ", "UMIT OZTURK AGHAYEVA"),
        ("İlqar  O’Qulu", "AZ", "ILGAR OGULU"),
        ("李 Wei", "TR", "WEI"),
        ("", "AZ", ""),
    ],
)
def test_a_travel_document_writes_a_name_by_the_rules_of_its_country(name: str, country: str, written: str) -> None:
    assert travel_name(name, country) == written


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_download_name_stays_readable(text: str, name: str) -> None:
    assert download_name(text) == name


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Işık İNCİ", ["isik", "inci"]),
        ("Əliyev", ["eliyev"]),
        ("a a b", ["a", "b"]),
        (" ".join("abcdefg"), list("abcdefg")),
        (" ".join("abcdefgh"), list("abcdefgh")),
        (" ".join("abcdefghi"), list("abcdefgh")),
        ("x" * 59, ["x" * 59]),
        ("x" * 60, ["x" * 60]),
        ("x" * 61, ["x" * 60]),
        ("İstanbul-Straße, ø!", ["istanbul", "strasse", "o"]),
        ("", []),
    ],
)
def test_at_most_eight_words_of_sixty_letters_are_looked_for(typed: str, words: list[str]) -> None:
    assert query_words(typed) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Əliyev", {"eliyev", "aliyev"}),
        ("Məmmədov Əli", {"memmedov", "mammadov", "eli", "ali"}),
        ("vəli", {"veli", "vali"}),
        ("Eliyev", {"eliyev"}),
        ("KX-2026-0001", {"kx", "2026", "0001"}),
        ("Çağrı", {"cagri"}),
        ("O'Neil", {"o", "neil", "oneil"}),
        ("O’Neil d´Əli", {"o", "neil", "oneil", "d", "eli", "ali", "deli", "dali"}),
        ("Андрей Ёлкин", {"андреи", "елкин"}),
        ("Γεώργιος", {"γεωργιοσ"}),
        ("أحمد علي", {"احمد", "علي"}),
        ("דוד גיאורגי გიორგი", {"דוד", "גיאורגי", "გიორგი"}),
        ("łđß", {"ldss"}),
        ("", set()),
    ],
)
def test_a_name_is_found_by_each_spelling_of_its_letters(text: str, words: set[str]) -> None:
    assert search_words(text) == words
    assert search_words("x", text) == words | {"x"}, "of several texts all words are found"


@pytest.mark.parametrize("length", [119, 120, 121])
def test_a_key_is_made_of_the_first_120_letters(length: int) -> None:
    """English has no ç: the key's last part says that it is one, and counts only where the rest is equal."""
    assert (sort_key("c" * (length - 1) + "ç", "en") == sort_key("c" * length, "en")) is (length > 120)
    assert (sort_key("c" * length + "d", "en") == sort_key("c" * length, "en")) is (length >= 120)


def test_a_key_has_one_rank_of_two_digits_a_letter() -> None:
    """Behind the ranks and 00 each letter that is not of the alphabet has a 1, the others up to it a 0."""
    assert sort_key("az", "en") == "2045" + "00"
    assert sort_key("a z", "en") == "200545" + "00" + "01"
    assert [sort_key(char, "en") for char in "09-ç"] == ["10001", "19001", "06001", "22001"]
    assert sort_key("ba" * 200, "en") == ("2120" * 60) + "00"
    long = sort_key("ß" * 120, "en")
    assert long == ("3838" * 70)[:278] + "00" + "1" * 120 and len(long) == 400


@pytest.mark.parametrize("length", [253, 254, 255])
def test_an_address_key_has_at_most_254_characters(length: int) -> None:
    assert email_key("x" * length) == "x" * min(length, 254)


UNSEEN = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff\u200b\u2060\u00ad"


@pytest.mark.parametrize("char", [*UNSEEN, "\x00", "\x1f", "\x7f", "\x9f", "\ue000", "\ud800", "\udfff"])
def test_clean_removes_invisible_characters(char: str) -> None:
    assert clean(f"a{char}b") == "ab"


@pytest.mark.parametrize("point", [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0x10FFFE, 0x10FFFF])
def test_clean_removes_noncharacters(point: int) -> None:
    assert clean(f"a{chr(point)}b") == "ab"


@pytest.mark.parametrize("point", [0x20, 0x7E, 0xA0, 0x200C, 0x200D, 0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0x1FFFD])
def test_clean_keeps_the_neighbours_of_noncharacters(point: int) -> None:
    assert clean(f"a{chr(point)}b") == unicodedata.normalize("NFC", f"a{chr(point)}b")


@pytest.mark.parametrize("end", ["\n", "\t", "\r\n", "\r", "\u2028", "\u2029", "\n\n\t"])
def test_ends_of_lines_become_one_blank(end: str) -> None:
    assert one_line(f" a{end}b{end}") == "a b"


@pytest.mark.parametrize(
    ("text", "most", "name"),
    [
        ("x" * 90 + ".pdf", 100, "x" * 90 + ".pdf"),
        ("x" * 91 + ".pdf", 100, "x" * 91 + ".pdf"),
        ("x" * 92 + ".pdf", 100, "x" * 91 + ".pdf"),
        ("x" * 92, 100, "x" * 91),
        ("x" * 40 + ".pdf", 30, "x" * 21 + ".pdf"),
        ("a.12345678", 100, "a.12345678"),
        ("a.123456789", 100, "a.12345678"),
        ("a.tar.gz", 100, "a_tar.gz"),
        ("a.", 100, "a"),
        (".ə", 100, "file.a"),
        ("Ə-ı_1.pdf", 100, "A-i_1.pdf"),
        ("a\nb/", 100, "a_b"),
    ],
)
def test_a_download_name_is_cut_before_its_ending(text: str, most: int, name: str) -> None:
    assert download_name(text, most) == name


def test_each_language_has_its_own_name_and_its_alphabet() -> None:
    assert LANGUAGES == {"tr": "Türkçe", "az": "Azərbaycanca", "en": "English"}
    assert list(LANGUAGES) == list(ALPHABETS)


@pytest.mark.parametrize(
    ("language", "text", "same"),
    [
        ("tr", "İ", "i"),
        ("tr", "I", "ı"),
        ("tr", "Ə", "ə"),
        ("az", "İ", "i"),
        ("az", "I", "ı"),
        ("az", "Ə", "ə"),
        ("en", "İ", "i"),
        ("en", "I", "i"),
    ],
)
def test_a_capital_sorts_as_the_small_letter_that_it_is(language: str, text: str, same: str) -> None:
    assert sort_key(text, language) == sort_key(same, language)


def test_a_download_name_has_a_hundred_letters_at_most() -> None:
    assert [len(download_name("x" * n + ".pdf")) for n in (90, 91, 92)] == [94, 95, 95]
    assert len(download_name("x" * 200 + ".12345678")) == 100


@pytest.mark.parametrize("reader", LANGUAGES)
@pytest.mark.parametrize("there", [set(some) for n in range(4) for some in combinations(LANGUAGES, n)])
def test_a_reader_is_shown_the_nearest_language_that_there_is(reader: str, there: set[str]) -> None:
    nearest = {"tr": "tr az en", "az": "az tr en", "en": "en tr az"}
    texts = {code: f"in {code}" if code in there else "" for code in ("en", "az", "tr")}
    expected = next((code for code in nearest[reader].split() if code in there), None)
    assert in_language(texts, reader) == ((f"in {expected}", expected) if expected else ("", reader))
    assert in_language({code: text for code, text in texts.items() if text}, reader) == in_language(texts, reader)
