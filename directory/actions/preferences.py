"""How a person wants the portal."""

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
