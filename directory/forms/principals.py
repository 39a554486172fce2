"""The field in which people, units, groups and communities are chosen together: whom something is shared with.

By suggestions, or by typing names, user names or e-mail addresses. Registered with the floor, whose forms ask for it
(`foundation.audiences.choosing`).
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from foundation.audiences.principals import ELECTED, EVERYONE, Known, named_by
from foundation.ui.pickers import PickerInput

from .choices import principal_choices, principal_named

MOST = 50


class PrincipalsInput(PickerInput):
    """Finds whom `reader` may address; before there is one, nobody."""

    suggest_url = format_lazy("{}?for=sharing", reverse_lazy("directory:suggestions"))
    reader: Any = None

    def split(self, values: Sequence[Any]) -> tuple[list[tuple[str, str]], str]:
        found = known(values, self.reader)
        chosen = {one.key: one.label for one in found.values() if isinstance(one, Known)}
        return list(chosen.items()), ", ".join(text for text, one in found.items() if not isinstance(one, Known))


class PrincipalsField(forms.Field):
    """Whom `reader` addresses, as a list of `Known` in the order they were chosen."""

    widget = PrincipalsInput
    default_error_messages = {
        "most": _("At most %(max)s at a time: share with a unit or a group instead."),
    }

    def __init__(self, reader: Any, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Write a name and choose: people, units, groups, communities."))
        super().__init__(**kwargs)
        self.widget.reader = reader

    def to_python(self, value: Any) -> list[Known]:
        values = list(value or [])
        if len(values) > MOST:
            raise ValidationError(self.error_messages["most"], code="most", params={"max": MOST})
        found = known(values, self.widget.reader)
        errors = [one for one in found.values() if isinstance(one, ValidationError)]
        if errors:
            raise ValidationError(errors)
        return list({one.key: one for one in found.values() if isinstance(one, Known)}.values())


def known(values: Sequence[Any], reader: Any) -> dict[str, Known | ValidationError]:
    """Each value (a `Known`, a key, or a name) with what it names, or why it names nothing."""
    found: dict[str, Known | ValidationError] = {one.key: one for one in values if isinstance(one, Known)}
    texts = [str(one).strip()[:254] for one in values if not isinstance(one, Known)]
    if reader is None:
        return {**found, **{one: _unknown(one) for one in texts}}
    keys = {one: one for one in texts if ":" in one or one in (EVERYONE, ELECTED)}
    typed = [one for one in texts if one not in keys]
    choices = principal_choices(reader) if typed else []
    for one in typed:
        try:
            keys[one] = principal_named(one, choices, reader)
        except ValidationError as error:
            found[one] = error
    named = named_by(reader, keys.values())
    for text, key in keys.items():
        # SECURITY: what the reader does not see and what there is not are the same to them.
        found[text] = named.get(key) or _unknown(text)
    return {one: found[one] for one in (*(one.key for one in values if isinstance(one, Known)), *texts)}


def _unknown(text: str) -> ValidationError:
    message = _("Nothing is named “%(text)s”.")
    return ValidationError(message, code="unknown", params={"text": text[:80]})
