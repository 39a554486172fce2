"""How the tokens of mailboxes are read."""

from typing import Any, Self

from django.db import models


class MailboxCredentialQuerySet(models.QuerySet):
    """Tokens of mailboxes."""

    def visible_to(self, person: Any) -> Self:
        """SECURITY: one's own, nobody else's; administrators' neither."""
        return self.filter(person=person.pk)
