"""Bilingual texts kept as pairs of fields (`name_fr`, `name_en`) and read as one attribute in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

LANGUAGES = ("fr", "en")


def reading_language() -> str:
    """Return the reader's language, `fr` or `en`; French when no language is active."""
    language = (get_language() or "fr")[:2]
    return language if language in LANGUAGES else "fr"


def language_used(obj: Any, field: str) -> str:
    """Return the language in which `obj.<field>` is shown now: the reader's, or the other one when it is missing."""
    reader = reading_language()
    other = "en" if reader == "fr" else "fr"
    if not getattr(obj, f"{field}_{reader}") and getattr(obj, f"{field}_{other}"):
        return other
    return reader


def other_language(obj: Any, field: str) -> str | None:
    """Return the language shown (`fr` or `en`) if it is not the reader's, otherwise None.

    A page uses it to say so, and to mark the text with a `lang` attribute for screen readers.
    """
    used = language_used(obj, field)
    return None if used == reading_language() else used


class Pair:
    """Descriptor: `name = Pair("name")` reads `name_fr` or `name_en`, or the one that exists."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        if obj is None:
            return self
        return getattr(obj, f"{self.field}_{language_used(obj, self.field)}")

    def __set__(self, obj: Any, value: object) -> None:
        # Writing to a pair would have to guess a language; callers name the field.
        raise AttributeError(f"Set {self.field}_fr or {self.field}_en, not {self.field}.")
