"""Names and texts in both alphabets: folding for search, sort keys, keys of addresses, cleaning. Pure.

Python's and SQL's upper and lower are wrong for İ/ı (`'İ'.lower()` is two code points, `'ı'.upper()` is I), so
they are not used on names, and every key is computed here, alike for both engines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LANGUAGES: dict[str, str] = {"tr": "Türkçe", "az": "Azərbaycanca", "en": "English"}  # names in their own language
# in which languages a reader is shown what is not there in their own: Turkish and Azerbaijani are near each other
NEAREST = {"tr": ("tr", "az", "en"), "az": ("az", "tr", "en"), "en": ("en", "tr", "az")}
# each language's alphabet, with foreign letters at the place where its readers expect them; other letters (ç in
# English) sort with their base letter
ALPHABETS = {
    "tr": "abcçdeəfgğhıijklmnoöpqrsştuüvwxyz",
    "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvwyz",
    "en": "abcdefghijklmnopqrstuvwxyz",
}
# How travel documents write names: Türkiye each letter by its base (ICAO Doc 9303, part 3, section 6, allows O and U
# for ö and ü); Azerbaijan into English letters (Decision 498 of the Cabinet of Ministers, 16 December 2020, made for
# names of places; we found no rule for passports). A suggestion only: the document itself decides.
_TRAVEL = {
    "TR": str.maketrans({"ı": "i", "ə": "e"}),
    "AZ": str.maketrans({"ə": "a", "ç": "ch", "ş": "sh", "ğ": "gh", "x": "kh", "q": "g", "c": "j", "ı": "i"}),
}
_PLAIN = str.maketrans({"ı": "i", "ə": "e", "ø": "o", "đ": "d", "ł": "l"})  # what neither marks nor casefold take away
_DOTTED = str.maketrans({"İ": "i", "I": "ı"})
_LOWER = {"tr": _DOTTED, "az": _DOTTED, "en": str.maketrans({"İ": "i"})}
_BLANK, _MARK, _DIGIT, _LETTER = 5, 6, 10, 20  # ranks in a key, two digits each; 00 ends the first part
_RANK = {
    language: {letter: f"{rank:02d}" for rank, letter in enumerate(letters, start=_LETTER)}
    for language, letters in ALPHABETS.items()
}
_WORD = re.compile(r"[^\W_]+")  # letters and digits of any script
_APOSTROPHES = re.compile("['’‘ʼʻ`´′]")
# marks that change the direction of writing, and invisible ones
_UNSEEN = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff\u200b\u2060\u00ad")
_LINE_ENDS = re.compile(r"[\n\t\u2028\u2029]+")


def in_language(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The (text, its language) to show to a reader of texts by language: theirs, else the nearest that there is; empty
    and in theirs where there is none."""
    given = next((code for code in NEAREST[language] if texts.get(code)), language)
    return texts.get(given, ""), given


def fold(text: str) -> str:
    """ASCII-safe small letters: İ, I, ı → i; ə → e; marks stripped. "IŞIK", "Işık" and "isik" fold alike."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_PLAIN))
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return kept.casefold().translate(_PLAIN)


def search_words(*texts: str) -> frozenset[str]:
    """The folded words of texts, for prefix search. A word with ə is kept with e and with a: Əliyev, Eliyev, Aliyev.
    One with an apostrophe is kept in parts and whole: O'Neil is found as o, neil and oneil."""
    words: set[str] = set()
    for text in texts:
        for spelled in (text, joined(text)):
            words |= set(_WORD.findall(fold(spelled)))
            if "ə" in spelled or "Ə" in spelled:
                words |= set(_WORD.findall(fold(spelled.replace("ə", "a").replace("Ə", "A"))))
    return frozenset(words)


def joined(text: str) -> str:
    """Without apostrophes: O'Neil → ONeil."""
    return _APOSTROPHES.sub("", text)


def query_words(text: str) -> list[str]:
    """The folded words of a search field, at most eight."""
    return list(dict.fromkeys(word[:60] for word in _WORD.findall(fold(text))))[:8]


def sort_key(text: str, language: str) -> str:
    """A key of at most 400 digits that sorts in the order of a language's alphabet, in any database: Turkish has ç
    after c and ı before i, Azerbaijani besides ə after e, x after h, q after k; to English ç is a c, after c where
    nothing else differs."""
    rank, key, marks = _RANK[language], [], []
    for char in unicodedata.normalize("NFC", text[:120]).translate(_LOWER[language]):
        small = char if char in rank else char.casefold()
        key.append(rank.get(small) or _rank_of_other(small, rank))
        marks.append("0" if small in rank else "1")
    return f"{''.join(key)[:278]}00{''.join(marks).rstrip('0')}"


def _rank_of_other(char: str, rank: dict[str, str]) -> str:
    """The rank of a character outside the alphabet: blanks, marks, digits, then letters with their base letter."""
    if char.isspace():
        return f"{_BLANK:02d}"
    if char.isdecimal():
        return f"{_DIGIT + unicodedata.decimal(char):02d}"
    return "".join(rank.get(base, "") for base in fold(char)) or f"{_MARK:02d}"


def email_key(address: str) -> str:
    """The unique key of an address: addresses that differ only in letter case, İ/ı/i included, have the same."""
    return fold(clean(address)).strip()[:254].strip()


def clean(text: str) -> str:
    """Text that can be stored and shown anywhere: NFC, Unix line ends, no NUL, control, bidi or surrogate character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    gone = dict.fromkeys(ord(char) for char in set(text) if not _is_kept(char))  # each character is looked at once
    return unicodedata.normalize("NFC", text.translate(gone))


def _is_kept(char: str) -> bool:
    if char in "\n\t":
        return True
    if char in _UNSEEN or unicodedata.category(char) in ("Cc", "Cs", "Co"):
        return False
    return not (ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF)  # noncharacters of Unicode


def one_line(text: str) -> str:
    """Clean text with line ends replaced by single blanks."""
    return _LINE_ENDS.sub(" ", clean(text)).strip()


def travel_name(name: str, country: str) -> str:
    """A name as a travel document of its country probably has it: ŞƏHRİYAR QƏDİROV → SHAHRIYAR GADIROV in Azerbaijan.
    Capitals from A to Z, hyphens and single blanks; letters of other scripts are left out."""
    small = unicodedata.normalize("NFC", joined(name)).translate(_LOWER["az"]).casefold()
    plain = unicodedata.normalize("NFKD", small.translate(_TRAVEL[country]).translate(_PLAIN))
    return " ".join(re.sub("[^a-z-]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).split()).upper()


def download_name(text: str, most: int = 100) -> str:
    """An ASCII file name that stays readable: "Işıl Ə.pdf" → "Isil_A.pdf". Never empty, no path, no controls."""
    last = clean(text).replace("\n", " ").replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    stem, ending = (stem, ending) if dot else (ending, "")
    ascii_stem = re.sub(r"[^A-Za-z0-9-]+", "_", _ascii(stem)).strip("_") or "file"
    ascii_ending = re.sub(r"[^A-Za-z0-9]", "", _ascii(ending))[:8]
    return ascii_stem[: most - 9] + (f".{ascii_ending}" if ascii_ending else "")


def _ascii(text: str) -> str:
    swapped = text.translate(str.maketrans("ıəƏ", "iaA"))  # ə as in Azerbaijan's travel documents
    return "".join(c for c in unicodedata.normalize("NFKD", swapped) if not unicodedata.combining(c))
