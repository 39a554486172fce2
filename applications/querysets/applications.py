"""How applications are read."""

from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, IntegerField, OuterRef, Subquery, Value

from foundation.content.querysets import ContentQuerySet
from foundation.ui.matching import has_words

from .access import WAITING, AccessGrantQuerySet, kept_q


class ApplicationQuerySet(ContentQuerySet):
    """Applications."""

    def in_launcher_order(self) -> Self:
        return self.order_by("order", "title", "pk")

    def visible_to(self, person: Any) -> Self:
        """What `person` may read; each row knows for whom it was let through (`seen_by`), so that the rules need not
        ask again (see `policies.applications`)."""
        return super().visible_to(person).annotate(seen_by=Value(person.pk, output_field=IntegerField()))

    def kept_by(self, person: Any) -> Self:
        """Those `person` sees and answers for: as owner, or as editor of the register. Not the trash."""
        return self.filter(kept_q(person))

    def opening_own_mail(self) -> Self:
        """Those whose link opens the mail of whoever follows it, in Notes: by the special replica ID."""
        return self.filter(notes_link=OWN_MAIL, opens_with="notes").in_launcher_order()

    def with_grant_of(self, person: Any) -> Self:
        """Adds `is_granted`: whether `person` was given access to the application by name; `grant_of`: who that is."""
        grants: AccessGrantQuerySet = AccessGrantQuerySet(apps.get_model("applications", "AccessGrant"))
        held = grants.active().filter(application=OuterRef("pk"), person=person.pk)
        return self.annotate(is_granted=Exists(held), grant_of=Value(person.pk, output_field=IntegerField()))

    def with_request_of(self, person: Any) -> Self:
        """Adds `waiting_state`: the state of what `person` asked and nobody answered yet; null for nothing."""
        asked = apps.get_model("applications", "AccessRequest")._default_manager
        mine = asked.filter(application=OuterRef("pk"), person=person.pk, state__in=WAITING)
        return self.annotate(waiting_state=Subquery(mine.values("state")[:1]))

    def with_register_row(self) -> Self:
        """Loads what a row of the register shows."""
        return self.select_related("owner", "space", "audience")

    def matching(self, words: str) -> Self:
        """Whose names, descriptions, key or addresses contain the words, in either language."""
        fields = (
            *("title", "title_translated", "description_fr", "description_en", "key", "address"),
            *("support_name", "owner__given_name", "owner__family_name"),
        )
        return self.filter(has_words(words, *fields))


# As `notes://` writes "my current mail file".
OWN_MAIL = "notes:///0000000000000E00"
