"""The two languages of a notice, and what each is worth: missing, draft, current or outdated.

The original is the language it was written in first; the other is its translation, good as long as the original stays
what it was when the translation was said to be ready.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

NAMES = {"fr": _("French"), "en": _("English")}


class LanguageState(models.TextChoices):
    """What one language of an official text is worth."""

    MISSING = "missing", _("Missing")
    DRAFT = "draft", _("In draft")
    CURRENT = "current", _("Up to date")
    OUTDATED = "outdated", _("Out of date")


# What a reader may be given.
READABLE = frozenset({LanguageState.CURRENT, LanguageState.OUTDATED})


def other_of(language: str) -> str:
    return "en" if language == "fr" else "fr"


def is_empty(text: dict[str, str]) -> bool:
    """Whether there is nothing to read in it."""
    return not (text["title"] and text["body"])


def state_of(notice: Any, language: str) -> str:
    """What `language` of `notice` is worth, as it stands on the object (a draft, or what is published)."""
    if language == notice.language:
        return LanguageState.MISSING if is_empty(notice.original) else LanguageState.CURRENT
    if is_empty(notice.translation):
        return LanguageState.DRAFT if any(notice.translation.values()) else LanguageState.MISSING
    if not notice.translated_from:
        return LanguageState.DRAFT
    return LanguageState.CURRENT if notice.translated_from == notice.original else LanguageState.OUTDATED


def states_of(notice: Any) -> dict[str, str]:
    """Both languages, French first."""
    return {language: state_of(notice, language) for language in NAMES}


def required_languages(notice: Any) -> list[str]:
    """Which languages its site wants current before it is published."""
    return ["fr", "en"] if notice.space.site.languages == "both" else ["fr"]


# One sentence per case, so that each language reads as a person would say it.
MISSING = {
    "fr": {
        LanguageState.MISSING: _("The French version is missing: give it a title and a text."),
        LanguageState.DRAFT: _("The French version is a draft: say that it is ready."),
        LanguageState.OUTDATED: _("The French version is out of date: bring it in line with the English one."),
    },
    "en": {
        LanguageState.MISSING: _("The English version is missing: this site publishes in both languages."),
        LanguageState.DRAFT: _("The English version is a draft: say that it is ready."),
        LanguageState.OUTDATED: _("The English version is out of date: bring it in line with the French one."),
    },
}


def missing_languages(notice: Any) -> list[Any]:
    """What is missing of the languages its site requires, in words."""
    wanted = {language: state_of(notice, language) for language in required_languages(notice)}
    return [MISSING[language][state] for language, state in wanted.items() if state != LanguageState.CURRENT]
