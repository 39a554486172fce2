"""How the new places of what was in Notes are read."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from foundation.content.querysets import visible_q
from foundation.spaces.querysets import edited_space_ids
from foundation.ui.notes_links import NotesLink


def keeps_register(person: Any) -> bool:
    """Whether `person` edits a space that holds applications."""
    spaces = edited_space_ids(person)
    application = apps.get_model("applications", "Application")
    return bool(spaces) and application._default_manager.filter(space_id__in=spaces).exists()


class NotesPlaceQuerySet(models.QuerySet):
    """New places."""

    def visible_to(self, person: Any) -> Self:
        """Those whose content or space `person` may see. SECURITY: of the others nobody is told that they exist."""
        spaces = apps.get_model("spaces", "Space")._default_manager.all().visible_to(person)  # type: ignore[attr-defined]
        contents = Q(visible_q(person, prefix="content__"), content__isnull=False)
        return self.filter(contents | Q(space__in=spaces))

    def editable_by(self, person: Any) -> Self:
        """All of them for those who keep the register, none for the others."""
        return self.all() if person.is_staff or keeps_register(person) else self.none()

    def for_link(self, link: NotesLink) -> Self:
        """That of the document, and that of its whole database, in this order. None for a link by path."""
        return self.filter(replica=link.replica or None, unid__in={link.document, ""}).order_by("-unid")

    def with_target(self) -> Self:
        """Loads what a row and a redirection need."""
        return self.select_related("content__space", "space", "by")

    def after(self, key: str) -> Self:
        """What follows the place with that key (`str(place)`); all of them without one."""
        replica, _sign, unid = key.partition("/")
        return self.filter(Q(replica__gt=replica) | Q(replica=replica, unid__gt=unid)) if key else self

    def in_order(self) -> Self:
        return self.order_by("replica", "unid")
