"""What one does to any content."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.audiences.models import Audience
from foundation.audiences.policies import Denied, Refused, require
from foundation.audiences.principals import provider_of
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import role_in
from foundation.spaces.signals import happened

from .models import Content, Share, State


@transaction.atomic
def share(
    content: Content, principal: str, *, actor: Any, role: int = Role.READER, expires: datetime | None = None
) -> Share:
    """Show `content` to one more principal. Raises Refused, also for a role above one's own; LookupError for an unknown
    principal; ValueError for a date already past. Sharing again with the same principal changes role and date."""
    require(actor, "content.share", content)
    provider_of(principal)
    # SECURITY: nobody gives away more than they have.
    if Role(role) > role_in(actor, content.space):
        raise Refused(Denied(_("You may not share more than your own role in this space.")))
    if expires is not None and expires <= timezone.now():
        raise ValueError(_("The share would end before it begins: choose a later date."))
    given, _new = Share.objects.update_or_create(
        content=content,
        principal=principal,
        withdrawn=None,
        defaults={"role": role, "by": actor, "expires": expires},
    )
    data = {"principal": principal, "expires": expires.isoformat() if expires else None}
    happened.send(Content, verb="content.shared", target=content, actor=actor, data=data)
    return given


@transaction.atomic
def withdraw_share(given: Share, *, actor: Any) -> None:
    """Take a share back; it stays in the register. Raises Refused."""
    require(actor, "content.withdraw_share", given.content)
    given.withdrawn = timezone.now()
    given.save(update_fields=["withdrawn"])
    data = {"principal": given.principal}
    happened.send(Content, verb="content.share_withdrawn", target=given.content, actor=actor, data=data)


@transaction.atomic
def narrow(content: Content, audience: Audience | None, *, actor: Any) -> None:
    """Give `content` its own audience within its space, or with None the space's again. Raises Refused."""
    require(actor, "content.change", content)
    content.audience = audience
    content.save(update_fields=["audience"])
    happened.send(Content, verb="content.audience_changed", target=content, actor=actor, data={})


@transaction.atomic
def trash(content: Content, *, actor: Any) -> None:
    """Put in the trash. Raises Refused. Twice changes nothing."""
    require(actor, "content.trash", content)
    if content.state == State.TRASHED:
        return
    content.state_before_trash, content.state = content.state, State.TRASHED
    content.save(update_fields=["state", "state_before_trash"])
    happened.send(Content, verb="content.trashed", target=content, actor=actor, data={})


@transaction.atomic
def restore(content: Content, *, actor: Any) -> None:
    """Take out of the trash, as it was before. Raises Refused. Twice changes nothing."""
    require(actor, "content.restore", content)
    if content.state != State.TRASHED:
        return
    content.state, content.state_before_trash = content.state_before_trash or State.PUBLISHED, ""
    content.save(update_fields=["state", "state_before_trash"])
    happened.send(Content, verb="content.restored", target=content, actor=actor, data={})


@transaction.atomic
def pass_on(content: Content, to: Any, *, actor: Any) -> None:
    """Give the responsibility for `content` to somebody who can read it; its author stays. Raises Refused."""
    require(actor, "content.pass_on", content)
    # SECURITY: to own is not to see. Nobody becomes responsible for what they may not read.
    if not Content.objects.filter(pk=content.pk).visible_to(to).exists():
        raise Refused(Denied(_("This person cannot read it: share it with them first.")))
    content.owner = to
    content.save(update_fields=["owner"])
    data = {"person": str(to.uuid)}
    happened.send(Content, verb="content.passed_on", target=content, actor=actor, data=data)


def owned_by(owner_ids: Collection[int]) -> QuerySet[Content]:
    """What these people answer for and somebody else can take over: not the trash, nor what is personal."""
    owned = Content.objects.filter(owner_id__in=owner_ids).exclude(state=State.TRASHED)
    return owned.exclude(space__kind=Space.Kind.PERSONAL)


@transaction.atomic
def hand_over(heirs: Mapping[int, int]) -> None:
    """When people leave: what each of them (by id) answers for passes to their heir; the authors stay.

    One update, whatever the number of people and things. Told to nobody: who leaves keeps the register of it.
    """
    if heirs:
        passed = Case(*(When(owner_id=owner, then=Value(heir)) for owner, heir in heirs.items()))
        Content.objects.filter(pk__in=owned_by(heirs).values("pk")).update(owner_id=passed)
