"""What one does to any content."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.audiences.models import Audience
from foundation.audiences.policies import Denied, Refused, require
from foundation.audiences.principals import known_to
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import role_in
from foundation.spaces.signals import happened

from .models import NOTE_MOST, Content, Share, State
from .querysets import SHOWN

# Shares of one thing that hold at the same time.
MOST_SHARES = 200
# How long what one has just taken back can be given again by a click.
UNDO = timedelta(hours=1)


@transaction.atomic
def share_with(
    content: Content,
    principals: Collection[str],
    *,
    actor: Any,
    role: int = Role.READER,
    expires: datetime | None = None,
    note: str = "",
) -> list[Share]:
    """Show `content` to more principals, told together; of a draft, once it is published.

    Raises Refused, also for a role above one's own and for whom `actor` may not know of; LookupError for an unknown
    principal; ValueError for a role there is not and for a date already past; ValidationError for too many.

    Sharing again with the same principal changes role, date and note; where it changes nothing, nothing is told.
    """
    chosen = list(dict.fromkeys(principals))
    # LookupError for what is none.
    known = known_to(actor, chosen)
    require(actor, "content.share", content)
    _require_role(role, content, actor)
    # SECURITY: whom one may not know of, one cannot name.
    if len(known) < len(chosen):
        raise Refused(Denied(_("You may share only with people, units, groups and communities that you see.")))
    _check_end(expires)
    # Locked: of two sharings at once, the second changes what the first made.
    is_shown = Content.objects.select_for_update().get(pk=content.pk).state in SHOWN
    held = {one.principal: one for one in content.shares.filter(principal__in=chosen, withdrawn=None)}
    others = content.shares.active().exclude(principal__in=chosen).count()
    if others + len(chosen) > MOST_SHARES:
        message = _("This is shared %(max)s times already: share with a unit or a group instead.")
        raise ValidationError(message, params={"max": MOST_SHARES})
    told, given, changed = [], [], False
    told_now = timezone.now() if is_shown else None
    note = " ".join(note.replace("\0", "").split())[:NOTE_MOST]
    for one in chosen:
        before = held.get(one)
        if before is not None and before.ended:
            # It stays in the register as what it was; this is another one.
            Share.objects.filter(pk=before.pk).update(withdrawn=before.expires)
            before = None
        if before is None:
            before = Share.objects.create(
                content_id=content.pk, principal=one, role=role, by=actor, expires=expires, note=note, told=told_now
            )
            changed = True
            told.append(one)
        elif (before.role, before.expires, before.note) != (role, expires, note):
            if before.role != role:
                before.told = told_now
                told.append(one)
            before.role, before.expires, before.note, before.by = role, expires, note, actor
            before.save(update_fields=["role", "expires", "note", "by", "told"])
            changed = True
        given.append(before)
    if changed:
        data = {"principals": chosen, **_telling(told if is_shown else [], role, expires, note)}
        happened.send(Content, verb="content.shared", target=content, actor=actor, data=data)
    return given


def _telling(told: Collection[str], role: int, expires: datetime | None, note: str) -> dict[str, Any]:
    """What those who are told of a share read of it."""
    end = expires.isoformat() if expires else None
    return {"told": list(told), "role": int(role), "expires": end, "note": note}


@transaction.atomic
def tell_untold(content: Content) -> None:
    """Tell those `content` was shared with while it was a draft, now that they see it. Twice tells nobody twice.

    Whoever follows what happens to it calls this: no kind need think of it when it publishes.
    """
    waiting = content.shares.active().untold().select_for_update(of=("self",)).select_related("by").order_by("pk")
    together: dict[tuple[Any, ...], list[Share]] = {}
    for one in waiting:
        together.setdefault((one.by, one.role, one.expires, one.note), []).append(one)
    for (by, role, expires, note), shares in together.items():
        Share.objects.filter(pk__in=[one.pk for one in shares]).update(told=timezone.now())
        data = _telling([one.principal for one in shares], role, expires, note)
        happened.send(Content, verb="content.share_told", target=content, actor=by, data=data)


def share(
    content: Content,
    principal: str,
    *,
    actor: Any,
    role: int = Role.READER,
    expires: datetime | None = None,
    note: str = "",
) -> Share:
    """`share_with` one principal."""
    [given] = share_with(content, [principal], actor=actor, role=role, expires=expires, note=note)
    return given


def _require_role(role: int, content: Content, actor: Any) -> None:
    """SECURITY: nobody gives away more than they have. ValueError for a role there is not."""
    if Role(role) > role_in(actor, content.space):
        raise Refused(Denied(_("You may not share more than your own role in this space.")))


def _check_end(expires: datetime | None) -> None:
    if expires is not None and expires <= timezone.now():
        raise ValueError(_("The share would end before it begins: choose a later date."))


@transaction.atomic
def withdraw_share(given: Share, *, actor: Any) -> None:
    """Take a share back; it stays in the register. Raises Refused. Twice changes nothing."""
    require(actor, "content.withdraw_share", given.content)
    given.refresh_from_db(fields=["withdrawn"], from_queryset=Share.objects.select_for_update())
    if given.withdrawn:
        return
    given.withdrawn, given.withdrawn_by = timezone.now(), actor
    given.save(update_fields=["withdrawn", "withdrawn_by"])
    data = {"principal": given.principal}
    happened.send(Content, verb="content.share_withdrawn", target=given.content, actor=actor, data=data)


@transaction.atomic
def restore_share(given: Share, *, actor: Any) -> None:
    """Undo: what `actor` has just taken back is given again, to the same and as it was. Told to nobody. Twice changes
    nothing. Raises Refused, and ValueError where its date has passed meanwhile."""
    content = given.content
    require(actor, "content.share", content)
    Content.objects.select_for_update().get(pk=content.pk)
    given.refresh_from_db()
    if given.withdrawn is None:
        return
    # SECURITY: it is an undo, not a way to give what others took back, or what one may no longer name.
    if given.withdrawn_by_id != actor.pk or given.withdrawn < timezone.now() - UNDO:
        raise Refused(Denied(_("This share was withdrawn a while ago: share again.")))
    _require_role(given.role, content, actor)
    _check_end(given.expires)
    if content.shares.filter(principal=given.principal, withdrawn=None).exists():
        return
    given.withdrawn, given.withdrawn_by = None, None
    given.save(update_fields=["withdrawn", "withdrawn_by"])
    data = {"principal": given.principal, "role": given.role}
    happened.send(Content, verb="content.share_restored", target=content, actor=actor, data=data)


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
