"""How a person wants the portal."""

from django.db import transaction

from foundation.realtime.actions import recheck_person

from ..models import Person


def _choice(field: str, value: str, person: Person) -> str:
    """`value` if the field offers it, else ValidationError. The other fields are the directory's, complete or not."""
    return str(Person._meta.get_field(field).clean(value, person))  # type: ignore[union-attr]


def set_language(language: str, *, actor: Person) -> None:
    """The language of the interface, on every device."""
    actor.language = _choice("language", language, actor)
    actor.save(update_fields=["language"])


def set_theme(theme: str, *, actor: Person) -> None:
    """Light, dark, or as the device."""
    actor.theme = _choice("theme", theme, actor)
    actor.save(update_fields=["theme"])


@transaction.atomic
def set_invisible(is_invisible: bool, *, actor: Person) -> None:
    """Whether others see that one has a page open or writes. Recorded nowhere: that one hides is nobody's business.
    Open pages follow at once."""
    actor.is_invisible = is_invisible
    actor.save(update_fields=["is_invisible"])
    recheck_person(actor)
