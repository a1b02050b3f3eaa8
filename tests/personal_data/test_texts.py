"""The notice and the consent: what a version says never changes, in three languages, each sentence with its source."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import product

import pytest

from portal.personal_data.labels import LAWS
from portal.personal_data.models import ConsentKind, Ground
from portal.personal_data.texts import FOLDER, VERSIONS, Sentence, said, sentences

# Never to be changed for a version that is in use: somebody has signed these very words.
HASHES = {"1": "86ba69d7d02f4ba9e3cdc8abb4240ef0a50e9407b3d3029596364d1c9a3881e6"}
HARD = ("İlkay", "Şəhriyar", "Ayşegül", "Əhməd", "KOSGEB", "Bakı KOB evi", "O’Neil 100 %")
EVERY = [(version, one) for version in VERSIONS for one in sentences(version)]
NAMES = (
    "name", "call", "home", "home_legal", "home_address", "home_contact", "host", "host_legal", "host_address",
    "country", "basis", "day", "version", "date",
)  # fmt: skip


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)s", text))


def test_a_version_never_changes_once_it_can_have_been_consented_to() -> None:
    found = {path.stem: sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.csv")}
    assert found == HASHES and list(VERSIONS) == list(HASHES)
    assert list(VERSIONS.values()) == sorted(VERSIONS.values())


@pytest.mark.parametrize(("version", "one"), EVERY, ids=[f"{version}-{one.key}" for version, one in EVERY])
def test_each_sentence_says_the_same_in_three_languages_and_has_its_source(version: str, one: Sentence) -> None:
    used = {language: placeholders(text) for language, text in one.words.items()}
    assert used["en"] == used["tr"] == used["az"] and set(used["en"]) <= set(NAMES)
    assert all(text.strip().endswith((".", "!")) for text in one.words.values())
    assert {source.law for source in one.sources} <= set(LAWS)
    assert one.sources or one.key in ("confirmed", "unconfirmed")
    for language, name in product(one.words, HARD):
        filled = one.words[language] % dict.fromkeys(NAMES, name)
        assert "%(" not in filled
        for placeholder in used[language]:  # no suffix or apostrophe is glued to what is filled in
            assert not re.search(rf"%\({placeholder}\)s['’\w]", one.words[language])


@pytest.mark.parametrize(
    ("country", "ground", "confirmed"), list(product(["TR", "AZ"], Ground, ["confirmed", "unconfirmed"]))
)
def test_everybody_reads_one_ground_the_rights_and_how_to_withdraw(
    country: str, ground: Ground, confirmed: str
) -> None:
    conditions = {country, ground.value, confirmed}
    keys = [one.key for one in sentences("1") if one.holds(conditions)]
    assert len([key for key in keys if key.startswith("ground_")]) == 1
    assert len([key for key in keys if key.startswith("rights")]) == 1
    assert (confirmed in keys) and ("adequacy" in keys) == (country == "TR")
    facts = dict.fromkeys(NAMES, "KOSGEB")
    for kind in ConsentKind:
        text = " ".join(one.text for one in said(kind, "en", facts, conditions))
        assert "two years" in text and "How to withdraw" in text and "Purpose" in text


def test_notice_and_consent_are_apart() -> None:
    """Whoever reads the notice consents to nothing by it; the consent names the notice and the risks."""
    facts = dict.fromkeys(NAMES, "KOSGEB")
    notice, consent = (
        " ".join(one.text for one in said(kind, "en", facts, {"TR", "consent", "unconfirmed"})) for kind in ConsentKind
    )
    assert "I, " not in notice and "I, KOSGEB, consent" in consent
    assert "Risks of the transfer" in notice and "told of the risks" in consent
