"""What publishing says no with, besides rules."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class GateClosed(ValidationError):
    """Something is missing before it may be published: `missing` says what, one sentence each."""

    def __init__(self, missing: Sequence[Any]) -> None:
        super().__init__(list(missing))
        self.missing = list(missing)


class Conflict(ValidationError):
    """Somebody else saved in between. `theirs` is the revision that came first; nothing was written."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(
            _("Somebody else changed this notice in the meantime. What you wrote is kept here: compare and save again.")
        )
        self.theirs = theirs
