"""What the page of a notice says around its text: whom it is for, and what it is worth in each language."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.audiences.models import Audience
from foundation.audiences.policies import ask
from foundation.audiences.principals import ELECTED, EVERYONE, label_of, principals_of
from foundation.ui.pairs import reading_language

from .actions.drafts import addressees
from .models import Notice
from .pairs import NAMES, LanguageState, states_of
from .policies.notices import step_of

LABELS_MOST = 3
LABELS_SECONDS = 300


def audience_words(audience: Audience | None, person: Any) -> str:
    """Whom it is for, in words: « Verdun et 2 autres ». Empty: whoever reads the site.

    SECURITY: the city, its council and its units have names everybody may read; of groups and people, only those that
    `person` belongs to are named.
    """
    wanted = addressees(audience)
    if not wanted:
        return ""
    mine = principals_of(person)
    named = sorted(one for one in wanted if one in (EVERYONE, ELECTED) or one.startswith("unit:") or one in mine)
    labels = [_label(one) for one in named[:LABELS_MOST]]
    rest = len(wanted) - len(labels)
    if not labels:
        return _("Chosen people")
    shown = ", ".join(labels)
    return _("%(names)s and others") % {"names": shown} if rest else shown


def _label(principal: str) -> str:
    """Kept a while: the same few for every reader."""
    key = f"publications.label.{get_language()}.{principal}"
    found = cache.get(key)
    if found is None:
        found = label_of(principal)
        cache.set(key, found, LABELS_SECONDS)
    return found


@dataclass(frozen=True)
class LanguageShown:
    """One language of a draft: what it is worth, in words and a mark."""

    key: str
    name: Any
    state: str
    label: Any
    mark: str


MARKS = {
    LanguageState.MISSING: "circle-dashed",
    LanguageState.DRAFT: "pencil",
    LanguageState.CURRENT: "circle-check",
    LanguageState.OUTDATED: "alert-triangle",
}


def languages_of(notice: Notice) -> list[LanguageShown]:
    """Both languages, as the desk shows them."""
    return [
        LanguageShown(key, NAMES[key], state, LanguageState(state).label, MARKS[LanguageState(state)])
        for key, state in states_of(notice).items()
    ]


def other_language_note(notice: Notice) -> str:
    """What the reader is told when the text is not in their language, or no longer up to date in it."""
    reader, used = reading_language(), notice.shown["language"]
    if used != reader:
        return (
            _("This notice is not available in English.")
            if reader == "en"
            else _("This notice is not available in French.")
        )
    if states_of(notice)[used] == LanguageState.OUTDATED:
        return _("This version is not up to date: the other language prevails for the moment.")
    return ""


# Name in the template -> rule.
STEPS = ("change_notice", "change_files", "submit", "review", "publish", "take_back", "withdraw")


def steps_of(notice: Notice, person: Any) -> dict[str, Any]:
    """What `person` may do with a notice now, and the step under way."""
    return {"can": {name: ask(person, f"publications.{name}", notice) for name in STEPS}, "step": step_of(notice)}
