"""Who says where what was in Notes is now."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule

from ..querysets.notes import keeps_register


@rule("applications.keep_notes_places")
def can_keep_places(person: Any, _nothing: Any) -> Answer:
    """The editors of the register of applications, and administrators."""
    if person.is_staff or keeps_register(person):
        return Allowed()
    return Denied(_("New places of Notes databases are kept by the editors of the register of applications."))
