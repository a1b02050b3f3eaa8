"""Texts for the forty exchanges, in their writers' languages."""

from __future__ import annotations

from typing import Any

TEXTS: dict[str, tuple[dict[str, Any], ...]] = {
    "tr": (
        {
            "situation": (
                "Müdürlüğümüze gelen işletmelerin üçte biri hangi desteğe başvuracağını bilmeden geliyor; ilk "
                "görüşme uzuyor ve yönlendirme kişiye göre değişiyor."
            ),
            "aim": "KOB evlerinin tek pencere düzenini yerinde görmek ve müdürlüğümüz için bir karşılama akışı yazmak.",
            "results": ["Karşılama akışının taslağı", "Sık sorulan yirmi sorunun yanıtı"],
            "benefit_home": "İlk görüşme süresinin yarıya inmesi beklenir.",
            "benefit_host": "Destek başvurularının çevrim içi izlenmesi üzerine bir sunum.",
            "activities": ["Banko başında gözlem", "Danışmanlarla görüşme"],
            "findings": (
                "Karşılama masasında tek soru soruluyor: ne yapmak istiyorsunuz? Belge listesi ancak sonra "
                "veriliyor. Bu sıra, bekleme süresini belirgin biçimde kısaltıyor."
            ),
            "recommendation": "Karşılama görüşmesi tek soruyla başlasın ve yanıt sisteme kodla girilsin.",
            "lesson": "İlk günün yarısı yalnızca gözleme ayrılmalı.",
            "agenda": "KOB evi ilə tanışlıq",
        },
        {
            "situation": (
                "Bölgemizde ihracata yeni başlayan işletmeler gümrük ve sertifika adımlarında takılıyor; danışmanlık "
                "dağınık veriliyor."
            ),
            "aim": "Azerbaycan pazarına çıkış adımlarını yerinde öğrenmek ve iki dilli bir rehber hazırlamak.",
            "results": ["İki dilli ihracat rehberi", "On işletmelik deneme"],
            "benefit_home": "Rehber bölge müdürlüklerinde kullanılacak.",
            "benefit_host": "Türkiye pazarına çıkış için aynı yapıda bir rehber.",
            "activities": ["İşletme ziyaretleri", "Rehber yazımı"],
            "findings": "İşletmelerin çoğu sertifikayı en sona bırakıyor; oysa süre en çok orada geçiyor.",
            "recommendation": "İhracat danışmanlığı sertifika denetimiyle başlasın.",
            "lesson": "İşletme ziyaretleri ilk haftaya alınmalı.",
            "agenda": "Müəssisə ziyarəti",
        },
    ),
    "az": (
        {
            "situation": (
                "KOB evimizə gələn sahibkarların sayı artıb, amma müraciətlərin gedişi barədə məlumatı yalnız "
                "telefonla vermək olur."
            ),
            "aim": "Müdirliklərdə müraciətlərin onlayn izlənməsini öyrənmək və bizim üçün sadə bir həll təklif etmək.",
            "results": ["Onlayn izləmə üçün təklif", "Əməkdaşlar üçün qısa təlimat"],
            "benefit_home": "Zənglərin sayı azalacaq, sahibkar müraciətinin harada olduğunu özü görəcək.",
            "benefit_host": "Bir pəncərə xidmətinin qurulması barədə təqdimat.",
            "activities": ["İş yerində müşahidə", "Proqramçılarla görüş"],
            "findings": (
                "Hər müraciətin vəziyyəti beş sözlə yazılır və sahibkar bunu telefonunda görür. Əlavə izaha ehtiyac "
                "qalmır."
            ),
            "recommendation": "Müraciətin vəziyyəti sahibkara sadə sözlərlə və tarixlə göstərilsin.",
            "lesson": "Görüşlərdən əvvəl sualları yazılı göndərmək vaxta qənaət etdi.",
            "agenda": "Birimle tanışma ve iş akışı",
        },
        {
            "situation": (
                "Təlimlərimizdə iştirakçıların bir hissəsi yarıda ayrılır, səbəbləri isə sistemli şəkildə öyrənilmir."
            ),
            "aim": "Təlimlərin qiymətləndirilməsi üsullarını öyrənmək və öz formamızı hazırlamaq.",
            "results": ["Qiymətləndirmə forması", "Üç təlimdə sınaq"],
            "benefit_home": "Təlimlərin keyfiyyəti müqayisə oluna biləcək.",
            "benefit_host": "Regionlarda təlimin təşkili üzrə təcrübə.",
            "activities": ["Təlimlərin müşahidəsi", "Formanın hazırlanması"],
            "findings": (
                "Qiymətləndirmə təlimin sonunda deyil, bir ay sonra təkrar aparılır; cavablar onda daha faydalı olur."
            ),
            "recommendation": "Təlimdən bir ay sonra qısa sorğu göndərilsin.",
            "lesson": "Formanı əvvəlcə üç nəfərlə sınamaq lazımdır.",
            "agenda": "Eğitim gözlemi",
        },
    ),
}
REASONS = {
    "return_home": "Lütfen beklenen sonuçları ölçülebilir biçimde yazınız.",
    "reject_home": "Bu dönem aynı birimden ikinci başvuru; öncelik diğer birimlere verildi.",
    "waitlist": "",
    "reject_host": "Bu mövzu üzrə qəbul edən bölməmiz yoxdur.",
    "return_host": "Zəhmət olmasa istədiyiniz tarixləri bayram günlərinə görə dəyişin.",
    "withdraw": "Ailevi nedenle gidemiyorum.",
    "cancel_host": "Qəbul edən bölmə köçürülür; növbəti çağırışda yenidən müraciət edin.",
    "decline": "Bu həftələrdə bölmədə yoxlama gedir.",
}
