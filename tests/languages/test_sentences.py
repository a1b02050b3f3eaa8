"""Every message with a place for a name, a day or a number stays right whatever is put there.

Turkish and Azerbaijani endings follow the sound of the word before them, so nothing may hang on a placeholder: no
ending, no apostrophe, no particle, no case that a following word asks for; and no verb stands before a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from config import ROOT
from portal.workflows.exchange import EXCHANGE
from tests.catalogues import OTHERS, messages, pairs, sources, texts

PLACE = re.compile(r"%\((\w+)\)[sd]")
NAMES = ("İlkay", "Şəhriyar", "Ayşegül", "Əhməd", "KOSGEB", "Bakı KOB evi")
OF_NAMES = r"name|names|unit|units|agency|home|host|whose|call|title|address"
LOWER = ("since", "due", "left", "early", "late", "kind", "parts", "task")  # whose words begin small
ASKS_FOR_A_CASE = (
    "da|de|də|mi|mı|mu|mü|mudur|müdür|midir|mıdır|idi|imiş|iken|sonra|önce|əvvəl|beri|bəri|itibaren|etibarən|göre|görə|"
    "kadar|qədər|rağmen|dek|dək|dolayı"
)
# an order in the familiar form at the end of a clause: only the buttons of a page speak so, never a task
FAMILIAR = re.compile(
    r"\b(et|ver|gönder|çevir|yaz|kaydet|onayla|bul|ara|öner|bildir|doldur|tamamla|incele|"
    r"qaytar|bildir|tap|axtar|götür|hazırla|yoxla|al)( (ve|veya|və|və ya) |$| ?[:–,])"
)


def filled(text: str, name: str) -> str:
    return PLACE.sub(name, text)


def glued(_source: str, text: str) -> bool:
    """A letter, or an apostrophe or hyphen with an ending, directly after a placeholder."""
    return re.search(r"\0[’'\-‑]?[^\W\d_]", filled(text, "\0")) is not None


def hanging(_source: str, text: str) -> bool:
    """A particle or postposition that changes with the word before it, or asks for an ending of it."""
    return re.search(rf"%\(\w+\)[sd] ({ASKS_FOR_A_CASE})\b", text) is not None


def misprinted(_source: str, text: str) -> bool:
    """Doubled blanks or signs, a blank before a sign, empty brackets, with any name."""
    wrong = r"  |[^\W\d_] [,.;:!?](?!\w)|[:;,] ?[:;,.]|(?<!\.)\.\.(?!\.)|\(\s*\)|« | »"
    return any(re.search(wrong, filled(text, name)) for name in NAMES)


def small(source: str, text: str) -> bool:
    """A sentence that begins with a small letter, by itself or by what is put at its beginning."""
    first = PLACE.match(text)
    return source[:1].isupper() and (text[:1].islower() or (first is not None and first[1] in LOWER))


def before_a_name(_source: str, text: str) -> bool:
    """A name at the end without a colon or dash before it: verbs stand last, so whatever is before it ends with one."""
    bare = rf"(?<![:–(,«“/]) %\(({OF_NAMES})\)s[.!]?$"
    return re.search(bare, text) is not None and re.search(r"(Sayın|və|ve|Hörmətli) %\(\w+\)s[.!]?$", text) is None


RULES: dict[Callable[[str, str], bool], tuple[str, str]] = {
    glued: ("Open %(name)s", "%(name)s’in başvurusu"),
    hanging: ("%(host)s sees it too", "Artık %(host)s da görebilir"),
    misprinted: ("Unit: %(unit)s", "Bölmə : %(unit)s"),
    small: ("At this step %(since)s", "%(since)s bu mərhələdədir"),
    before_a_name: ("Accept %(name)s", "Kabul et veya geri gönder %(name)s"),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("language", OTHERS)
def test_no_name_breaks_a_sentence(language: str, rule: Callable[[str, str], bool]) -> None:
    held = [(source, text) for source, text in pairs(language) if PLACE.search(text)]
    assert len(held) > 300
    assert [text for source, text in held if rule(source, text)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_sentence_is_seen_by_its_rule_alone(rule: Callable[[str, str], bool]) -> None:
    assert [other for other in RULES if other(*RULES[rule])] == [rule]


@pytest.mark.parametrize("text", ["%(name)s-ın", "%(day)s-dək", "%(name)sda", "%(name)s'in", "%(unit)s’nin"])
def test_every_kind_of_ending_is_seen(text: str) -> None:
    assert glued("", text) and not glued("", "«%(name)s» və %(unit)s, %(day)s tarixinədək; .%(ending)s")


def asked() -> set[str]:
    """What the workflow asks of people, on desks, in mails and on the page of the exchange."""
    tasks = {text for state in EXCHANGE.states for text in (state.task, state.mail, state.mail_to_owner)}
    return (tasks | {step.asks for step in EXCHANGE.steps}) - {""}


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_asked_of_people_is_asked_politely(language: str) -> None:
    wanted = asked()
    assert len(wanted) > 25
    assert [text for source, text in pairs(language) if source in wanted and FAMILIAR.search(text)] == []


def test_the_familiar_form_is_seen() -> None:
    assert FAMILIAR.search("Kabul et veya geri gönderin") and FAMILIAR.search("Müsbət rəy ver: %(name)s")
    assert not FAMILIAR.search("Kabul edin veya geri gönderin") and not FAMILIAR.search("Tarixlərə razılıq verin")


@pytest.mark.parametrize("language", OTHERS)
def test_a_button_that_a_text_names_is_called_so(language: str) -> None:
    known = {sources(message)[0]: texts(message)[0] for message in messages(language)}
    labels = ((label, text) for source, text in known.items() for label in re.findall(r"“([^”%]+)”", source))
    named = [(known[label], text) for label, text in labels if label in known]
    assert len(named) > 3
    assert [pair for pair in named if pair[0] not in pair[1]] == []


# the labels of what is pressed, and the first words of those that are steps of an exchange and so speak to a person
PRESSED = re.compile(
    r"""(?:button|button_link|another)\(\s*_\('([^']+)'|"""
    r"""<(?:button|a)\b[^>]*>\s*\{\{-? ?_\('([^']+)'"""
)
A_STEP = ("Agree", "Check your", "Decline", "Hand in", "Propose nevertheless", "Withdraw")


def commands() -> set[str]:
    """What the portal is told by a button or link of a page."""
    templates = "".join(path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html"))
    found = {label for match in PRESSED.findall(re.sub(r"'\s+'", "", templates)) for label in match if label}
    steps = asked() | {step.button for step in EXCHANGE.steps} | {s.writing[1] for s in EXCHANGE.states if s.writing}
    return {label for label in found - steps if not label.startswith(A_STEP)}


@pytest.mark.parametrize("language", OTHERS)
def test_the_portal_is_told_what_to_do_in_short(language: str) -> None:
    """“Sil” and “Yadda saxla”, as the agencies' own sites have it: “Silin” would speak to somebody."""
    wanted = commands()
    assert len(wanted) > 80
    assert [text for source, text in pairs(language) if source in wanted and re.search(r"[ıiuü]n$", text)] == []
