"""The texts of the demonstration: topics in their authors' languages (`topics/*.json`), reasons and comments."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "topics"
LANGUAGE = {"KOSGEB": "tr", "KOBIA": "az"}  # the language in which an agency's people write

# the reason of a step, by the step and the language of the person who took it
REASONS: dict[str, dict[str, str]] = {
    "home_return": {
        "tr": "Beklenen sonuçları ölçülebilir biçimde yazmanızı rica ederiz; konu yerinde.",
        "az": "Gözlənilən nəticələri ölçülə bilən şəkildə yazmağınızı xahiş edirik; mövzu yerindədir.",
    },
    "home_reject": {
        "tr": "Bu dönem aynı birimden ikinci başvuru; öncelik başka birimlere verildi. Bir sonraki çağrıya bekleriz.",
        "az": "Bu dövrdə eyni bölmədən ikinci müraciətdir; üstünlük başqa bölmələrə verildi.",
    },
    "host_reject": {
        "tr": "Bu konuda şu anda ağırlayabilecek birimimiz yok.",
        "az": "Bu mövzu üzrə hazırda qəbul edə biləcək bölməmiz yoxdur.",
    },
    "expert_withdraw": {
        "tr": "Ailevi bir nedenle gidemiyorum.",
        "az": "Ailə vəziyyəti ilə əlaqədar səfərə gedə bilmirəm.",
    },
    "host_cancel": {
        "tr": "Ağırlayacak birim taşınıyor; bir sonraki çağrıda yeniden başvurmanızı dileriz.",
        "az": "Qəbul edən bölmə köçürülür; növbəti çağırışda yenidən müraciət etməyinizi arzu edirik.",
    },
}
# the home agency's comments by section, when it returns an application
COMMENTS = {
    "tr": {
        "plan": "“Sonuçlar” bölümüne sayı ya da tarih ekleyin.",
        "wishes": "Bayram haftasına denk geldiği için ikinci bir tarih daha yazın.",
    },
    "az": {
        "plan": "«Gözlənilən nəticələr» hissəsinə rəqəm və ya tarix yazın.",
        "wishes": "İş günü hesab edilməyən günlərə düşdüyü üçün ikinci tarix də göstərin.",
    },
}
# the follow-up of recommendations after six months
EVIDENCE = {
    "tr": ("İki müdürlükte uygulanıyor.", "Taslak hazır, onay bekliyor.", "Bütçe ayrılmadı."),
    "az": ("İki bölmədə tətbiq olunur.", "Layihə hazırdır, təsdiq gözlənilir.", "Büdcə ayrılmayıb."),
}


@cache
def call_texts() -> dict[str, Any]:
    """The calls' texts in the three languages: title and description by group, and those that all calls share."""
    texts: dict[str, Any] = json.loads(FOLDER.with_name("call_texts.json").read_text("utf-8"))
    return texts


@cache
def topics(language: str) -> tuple[dict[str, Any], ...]:
    """All topics of a language; `group` names the calls that a topic fits, and topics of long stays have milestones."""
    return tuple(json.loads((FOLDER / f"{language}.json").read_text("utf-8")))


def topic(code: str, groups: tuple[str, ...], number: int) -> dict[str, Any]:
    """The topic with this number, counted round and round, among those of the groups, for an expert of the agency."""
    fitting = [entry for entry in topics(LANGUAGE[code]) if entry["group"] in groups]
    return fitting[number % len(fitting)]
