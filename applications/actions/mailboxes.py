"""Giving the portal a token for one's mailbox or calendar, and taking it back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.outgoing.problems import Problem
from foundation.outgoing.sealing import seal

from ..activities import MAILBOX_TOKEN_GIVEN, MAILBOX_TOKEN_WITHDRAWN
from ..looking import AGENDA, forget
from ..models import MailboxCredential
from ..providers import provider_of
from ..providers.ics import IcsProvider, check_calendar_address
from ..providers.problems import sentence_of

SECRET_LONGEST = 1000


@transaction.atomic
def give_token(kind: str, secret: str, *, actor: Any) -> MailboxCredential:
    """Keep `secret`, in place of the one there was: an application password, or the address of a calendar.

    Raises Refused, and ValidationError of `secret`. Whether a server takes it is seen at the next look.
    """
    require(actor, "mailboxes.give_token", kind)
    secret = secret.strip()
    if not secret or len(secret) > SECRET_LONGEST or any(one < " " or one == "\x7f" for one in secret):
        raise ValidationError({"secret": _("This is no token.")})
    if kind == AGENDA and isinstance(provider_of(kind), IcsProvider):
        try:
            check_calendar_address(secret)
        except Problem as problem:
            raise ValidationError({"secret": sentence_of(problem.code)}) from None
    # SECURITY: a password kept here is compared here. The directory's is not tried against the directory: each wrong
    # token would bring the person's account nearer to being locked (decision 43); the page says what is asked for.
    elif actor.has_usable_password() and actor.check_password(secret):
        raise ValidationError({"secret": _("This is the password you sign in with: make an application password.")})
    values = {"secret": seal(secret), "given": timezone.now()}
    credential, _made = MailboxCredential.objects.update_or_create(person=actor, kind=kind, defaults=values)
    transaction.on_commit(lambda: forget(actor, kind))
    record(MAILBOX_TOKEN_GIVEN, None, actor=actor, data={"kind": kind})
    return credential


@transaction.atomic
def withdraw_token(kind: str, *, actor: Any) -> bool:
    """Forget one's token and what was read with it. Whether there was one."""
    gone, _by_kind = MailboxCredential.objects.filter(person=actor, kind=kind).delete()
    transaction.on_commit(lambda: forget(actor, kind))
    if gone:
        record(MAILBOX_TOKEN_WITHDRAWN, None, actor=actor, data={"kind": kind})
    return bool(gone)


def forget_tokens_of_leavers() -> int:
    """SECURITY: coming back gives back nothing of what let the portal in. Answers how many tokens went."""
    return int(MailboxCredential.objects.filter(person__is_active=False).delete()[0])
