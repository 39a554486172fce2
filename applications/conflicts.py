"""Two people at one entry of the register: how the second is told, and loses nothing."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Application


class Conflict(ValidationError):
    """Somebody else saved in between; nothing was written. `theirs`: the row as it is now."""

    def __init__(self, theirs: Application) -> None:
        super().__init__(
            _("Somebody else changed this application in the meantime. What you wrote is kept here: compare and save.")
        )
        self.theirs = theirs


def stamp_of(application: Application, names: Iterable[str]) -> str:
    """What these fields say, as a short text to compare later. The date of the last change would not do: comments on an
    application are changes of it too."""
    values = [(name, _plain(application, name)) for name in sorted(names)]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:24]


def _plain(application: Application, name: str) -> str:
    value: Any = getattr(application, name if not hasattr(application, f"{name}_id") else f"{name}_id")
    return "" if value is None else str(value)
