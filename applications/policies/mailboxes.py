"""Who may give a token for their mailbox or calendar."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule

from ..providers import provider_of


def _everyone(kind: str) -> Q:
    return Q(is_active=True)


@rule("mailboxes.give_token", candidates=_everyone)
def can_give_token(person: Any, kind: str) -> Answer:
    """Everybody for themselves, where the city chose so and the server is not asked by an account of the city."""
    provider = provider_of(kind)
    if provider is not None and provider.needs_secret and settings.MAILBOX_TOKENS:
        return Allowed()
    return Denied(_("The City does not use tokens of its people for this."))
