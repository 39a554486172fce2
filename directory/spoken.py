"""Languages and weekdays in words."""

from collections.abc import Iterable

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .mapping import SPOKEN_LANGUAGES
from .querysets import folded

NAMES: dict[str, Promise] = {
    "fr": gettext_lazy("French"),
    "en": gettext_lazy("English"),
    "es": gettext_lazy("Spanish"),
    "ar": gettext_lazy("Arabic"),
    "it": gettext_lazy("Italian"),
    "ht": gettext_lazy("Haitian Creole"),
    "zh": gettext_lazy("Chinese"),
    "pt": gettext_lazy("Portuguese"),
    "el": gettext_lazy("Greek"),
    "vi": gettext_lazy("Vietnamese"),
    "ru": gettext_lazy("Russian"),
    "ro": gettext_lazy("Romanian"),
    "pa": gettext_lazy("Punjabi"),
    "hi": gettext_lazy("Hindi"),
    "ur": gettext_lazy("Urdu"),
    "fa": gettext_lazy("Persian"),
    "ta": gettext_lazy("Tamil"),
    "tr": gettext_lazy("Turkish"),
    "uk": gettext_lazy("Ukrainian"),
    "pl": gettext_lazy("Polish"),
    "de": gettext_lazy("German"),
    "he": gettext_lazy("Hebrew"),
    "hy": gettext_lazy("Armenian"),
    "ko": gettext_lazy("Korean"),
    "ja": gettext_lazy("Japanese"),
    "sw": gettext_lazy("Swahili"),
    "wo": gettext_lazy("Wolof"),
    "kab": gettext_lazy("Kabyle"),
    "iu": gettext_lazy("Inuktitut"),
    "moh": gettext_lazy("Mohawk"),
    "cr": gettext_lazy("Cree"),
    "ase": gettext_lazy("American Sign Language"),
    "fcs": gettext_lazy("Quebec Sign Language"),
}
# The days that many work: Monday to Friday.
_RUN = 3


def language_name(code: str) -> str:
    """How people read a language of `mapping.SPOKEN_LANGUAGES`; a code nobody knows is shown as it is."""
    return str(NAMES.get(code, code))


def languages_by_name() -> list[tuple[str, str]]:
    """(code, name) of every language, French and English first, the others in the reader's order."""
    others = sorted(((code, language_name(code)) for code in SPOKEN_LANGUAGES[2:]), key=lambda one: folded(one[1]))
    return [*((code, language_name(code)) for code in SPOKEN_LANGUAGES[:2]), *others]


def weekdays() -> list[tuple[str, str]]:
    """(ISO number, name) from Monday to Sunday."""
    return [(str(number + 1), str(name)) for number, name in WEEKDAYS.items()]


def days_in_words(days: Iterable[str]) -> str:
    """« du lundi au jeudi », « lundi, mercredi et vendredi »; empty for no day."""
    names, chosen = dict(weekdays()), sorted(set(days))
    if not chosen:
        return ""
    if len(chosen) >= _RUN and int(chosen[-1]) - int(chosen[0]) == len(chosen) - 1:
        return _("%(first)s to %(last)s") % {"first": names[chosen[0]], "last": names[chosen[-1]]}
    return get_text_list([names[one] for one in chosen], _("and"))
