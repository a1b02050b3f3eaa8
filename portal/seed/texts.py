"""What the people of the demonstration write: topics in their writers' languages (`topics/*.json`), and short words."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "topics"
OWN = {"KOSGEB": "tr", "KOBIA": "az"}  # in which an agency's people write

# why a step was taken, by the ending and the language of whoever took it
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
    "expert_withdraw": {"tr": "Ailevi bir nedenle gidemiyorum.", "az": "Ailə səbəbindən gedə bilmirəm."},
    "host_cancel": {
        "tr": "Ağırlayacak birim taşınıyor; bir sonraki çağrıda yeniden başvurmanızı dileriz.",
        "az": "Qəbul edən bölmə köçürülür; növbəti çağırışda yenidən müraciət etməyinizi arzu edirik.",
    },
}
# what the home agency asks for when it returns an application, by section
COMMENTS = {
    "tr": {
        "plan": "“Sonuçlar” bölümüne sayı ya da tarih ekleyin.",
        "wishes": "Bayram haftasına denk geldiği için ikinci bir tarih daha yazın.",
    },
    "az": {
        "plan": "«Gözlənilən nəticələr» hissəsinə rəqəm və ya tarix yazın.",
        "wishes": "Bayram həftəsinə düşdüyü üçün ikinci tarix də göstərin.",
    },
}
# what had become of a recommendation after six months
EVIDENCE = {
    "tr": ("İki müdürlükte uygulanıyor.", "Taslak hazır, onay bekliyor.", "Bütçe ayrılmadı."),
    "az": ("İki bölmədə tətbiq olunur.", "Layihə hazırdır, təsdiq gözlənilir.", "Büdcə ayrılmayıb."),
}


@cache
def call_texts() -> dict[str, Any]:
    """What the calls say in the three languages: by group a title and what it is about; what all have in common."""
    texts: dict[str, Any] = json.loads(FOLDER.with_name("call_texts.json").read_text("utf-8"))
    return texts


@cache
def topics(language: str) -> tuple[dict[str, Any], ...]:
    """All topics of a language; `group` says under which calls they fit, milestones are there for long stays."""
    return tuple(json.loads((FOLDER / f"{language}.json").read_text("utf-8")))


def topic(code: str, groups: tuple[str, ...], number: int) -> dict[str, Any]:
    """The topics of these groups in turn, for an expert of the agency."""
    fitting = [told for told in topics(OWN[code]) if told["group"] in groups]
    return fitting[number % len(fitting)]
