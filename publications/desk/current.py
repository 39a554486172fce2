"""Who is at the desk: for the few parts of Wagtail that show a thing by its key without knowing who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.images.widgets import AdminImageChooser

_person: ContextVar[Any] = ContextVar("person_at_desk", default=None)


@contextmanager
def at_desk(person: Any) -> Iterator[None]:
    """Everything in this block is done for `person`."""
    token = _person.set(person)
    try:
        yield
    finally:
        _person.reset(token)


def person_at_desk() -> Any:
    """None outside the desk."""
    return _person.get()


class _Guarded(BaseChooser):
    """A chooser that shows what is chosen only to who may see it.

    SECURITY: a form may be sent with any key in it; shown again, it would otherwise tell the name behind the key.
    """

    def get_instance(self, value: Any) -> Any:
        instance = super().get_instance(value)
        person = person_at_desk()
        if instance is None or person is None:
            return instance
        seen = type(instance)._default_manager.filter(pk=instance.pk).visible_to(person)
        return instance if seen.exists() else None

    def get_value_data(self, value: Any) -> Any:
        return super().get_value_data(self.get_instance(value))


class DeskImageChooser(_Guarded, AdminImageChooser):
    """Images."""


class DeskPersonChooser(_Guarded):
    """People."""
