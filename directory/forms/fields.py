"""Fields in which people are chosen: by suggestions, or by typing user names or e-mail addresses.

A form says who chooses, since one chooses only among those one may see: `self.fields["owners"].reader = person`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from foundation.ui.pickers import PickerInput

from ..models import Person


class PeopleInput(PickerInput):
    """Finds people for `reader`; before there is one, it finds nobody."""

    suggest_url = format_lazy("{}?for=picker", reverse_lazy("directory:suggestions"))
    reader: Any = None

    def split(self, values: Sequence[Any]) -> tuple[list[tuple[str, str]], str]:
        found = known(values, self.reader)
        chosen = {str(one.uuid): one.name for one in found.values() if one}
        return list(chosen.items()), ", ".join(text for text, one in found.items() if one is None)


class PeopleField(forms.Field):
    """Any number of people, as a list in the order they were chosen."""

    widget = PeopleInput
    is_multiple = True
    default_error_messages = {
        "unknown": _("Nobody has this user name or address, or several people share it: %(text)s."),
        "several": _("Choose one person only."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Write a name and choose, or write a user name or e-mail address."))
        super().__init__(**kwargs)
        self.widget.is_multiple = self.is_multiple

    @property
    def reader(self) -> Any:
        """Who chooses."""
        return self.widget.reader

    @reader.setter
    def reader(self, person: Any) -> None:
        self.widget.reader = person

    def to_python(self, value: Any) -> list[Person]:
        found = known(value or [], self.reader)
        unknown = [text for text, one in found.items() if one is None]
        if unknown:
            text = ", ".join(unknown)[:200]
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"text": text})
        return list({one.pk: one for one in found.values() if one}.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [initial] if isinstance(initial, Person) else initial or []
        return {str(one.uuid) for one in before} != set(data or [])


class PersonField(PeopleField):
    """One person, or None."""

    is_multiple = False

    def clean(self, value: Any) -> Person | None:  # type: ignore[override]
        people = super().clean(value)
        if len(people) > 1:
            raise ValidationError(self.error_messages["several"], code="several")
        return people[0] if people else None


def known(values: Sequence[Any], reader: Any) -> dict[str, Person | None]:
    """Each value (a person, a uuid, a user name or an e-mail address) with the one person of that name whom `reader`
    may see, None for nobody. SECURITY: an address that several people share names none of them."""
    if reader is None:
        return {str(one): None for one in values}
    keys = {one: UUID(one) for one in values if isinstance(one, str) and _is_uuid(one)}
    seen = Person.objects.visible_to(reader)
    by_uuid = {one.uuid: one for one in seen.filter(uuid__in=keys.values())} if keys else {}
    found: dict[str, Person | None] = {}
    for one in values:
        if isinstance(one, Person):
            found[str(one.uuid)] = one
        elif one in keys:
            found[one] = by_uuid.get(keys[one])
        else:
            named = list(seen.known_as(str(one)[:254])[:2])
            found[str(one)] = named[0] if len(named) == 1 else None
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
