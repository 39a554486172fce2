"""Leaving and coming back: what happens to access, and to what somebody was responsible for."""

import logging
from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import Denied, Refused, require
from foundation.content import actions as content_actions
from foundation.realtime.actions import push_sessions_ended
from foundation.search.actions import queue_objects
from foundation.spaces import actions as space_actions

from ..activities import PERSON_REACTIVATED
from ..models import Group, Handover, HandoverItem, Person, PersonalToken, PersonWord, Position, Session
from ..signals import access_ended
from .photos import refresh_photos
from .words import refresh_words

logger = logging.getLogger(__name__)

BATCH = 500
# Managers above managers: a chain longer than any city's is a loop.
STEPS = 30


def leave(person_ids: Collection[int], *, on: date | None = None) -> list[Handover]:
    """LDAP no longer lets these people in: access, sessions, tokens and positions end, what they answered for passes.

    To the nearest active manager above, or else whoever leads their unit or one above it. What they wrote stays under
    their name. Answers one handover for each who answered for something. Those who left already are passed over.
    """
    day = on or timezone.localdate()
    ids = sorted(person_ids)
    return [one for start in range(0, len(ids), BATCH) for one in _leave(ids[start : start + BATCH], day)]


@transaction.atomic
def _leave(person_ids: Collection[int], day: date) -> list[Handover]:
    people = Person.objects.select_for_update(of=("self",)).filter(pk__in=person_ids, is_active=True)
    leavers = {one.pk: one for one in people.select_related("unit")}
    if not leavers:
        return []
    _end_access(leavers, day)
    return _hand_over(leavers)


def _end_access(ids: Collection[int], day: date) -> None:
    # SECURITY: nothing of what let them in or gave them rights is left, so that coming back gives none of it back.
    Person.objects.filter(pk__in=ids).update(
        is_active=False, left=day, is_staff=False, is_superuser=False, is_manager=False, photo=None
    )
    Person.user_permissions.through.objects.filter(person_id__in=ids).delete()
    Person.groups.through.objects.filter(person_id__in=ids).delete()
    PersonalToken.objects.filter(person_id__in=ids).delete()
    sessions = Session.objects.filter(person_id__in=ids)
    keys: dict[int, list[str]] = {}
    for key, person_id in sessions.values_list("pk", "person_id"):
        keys.setdefault(person_id, []).append(key)
    sessions.delete()
    for person_id, theirs in keys.items():
        push_sessions_ended(person_id, theirs)
    access_ended.send(Person, people=list(ids), keys=None, kept=None)
    positions = Position.objects.filter(Q(ends__isnull=True) | Q(ends__gt=day), person_id__in=ids)
    positions.filter(starts__gt=day).delete()
    positions.update(ends=day)
    PersonWord.objects.filter(person_id__in=ids).delete()
    queue_objects("directory.person", ids)


def _hand_over(leavers: Mapping[int, Person]) -> list[Handover]:
    """Pass on what they answered for, and keep the register of it."""
    contents: dict[int, list[int]] = {}
    for pk, owner in content_actions.owned_by(leavers).order_by("pk").values_list("pk", "owner_id"):
        contents.setdefault(owner, []).append(pk)
    spaces = space_actions.last_owned_by(leavers)
    groups = _groups_kept_alone(leavers)
    owners = sorted({*contents, *spaces, *groups})
    if not owners:
        return []
    heirs = _heirs_of({pk: leavers[pk] for pk in owners})
    content_actions.hand_over({pk: heirs[pk] for pk in contents if pk in heirs})
    space_actions.hand_over(spaces, heirs)
    _hand_over_groups(groups, heirs)
    handovers = Handover.objects.bulk_create(Handover(leaver_id=pk, heir_id=heirs.get(pk)) for pk in owners)
    HandoverItem.objects.bulk_create(
        (
            HandoverItem(handover=one, **{f"{kind}_id": pk})
            for one in handovers
            for kind, owned in (("content", contents), ("space", spaces), ("group", groups))
            for pk in owned.get(one.leaver_id, ())
        ),
        batch_size=1000,
    )
    for one in handovers:
        if one.heir_id is None:
            logger.warning("nobody takes over from person %s: handover %s", one.leaver_id, one.pk)
    return handovers


def _groups_kept_alone(ids: Collection[int]) -> dict[int, list[int]]:
    """The groups in use that have no active owner left but had one of these people: {owner: group ids}."""
    owners = Group.owners.through.objects
    kept = owners.filter(group__is_active=True).exclude(group__source=Group.Source.LDAP)
    tended = kept.filter(person__is_active=True).values("group_id")
    found: dict[int, list[int]] = {}
    seen: set[int] = set()
    rows = kept.filter(person_id__in=ids).exclude(group_id__in=tended).order_by("pk")
    for owner, group in rows.values_list("person_id", "group_id"):
        if group not in seen:
            seen.add(group)
            found.setdefault(owner, []).append(group)
    return found


def _hand_over_groups(groups: Mapping[int, Collection[int]], heirs: Mapping[int, int]) -> None:
    passed = {group: heirs[owner] for owner, theirs in groups.items() if owner in heirs for group in theirs}
    if passed:
        owners = Group.owners.through
        owners.objects.filter(group_id__in=passed).delete()
        owners.objects.bulk_create(owners(group_id=group, person_id=heir) for group, heir in passed.items())


def _heirs_of(leavers: Mapping[int, Person]) -> dict[int, int]:
    """Who takes over from each: the nearest active manager above, or else who leads their unit or one above it."""
    heirs: dict[int, int] = {}
    above = {pk: one.manager_id for pk, one in leavers.items() if one.manager_id}
    # One step up for everybody at once: one query for each level of managers who left too.
    for _step in range(STEPS):
        if not above:
            break
        rows = Person.objects.filter(pk__in=set(above.values())).values_list("pk", "is_active", "kind", "manager_id")
        known = {pk: (is_active and kind != Person.Kind.EXTERNAL, boss) for pk, is_active, kind, boss in rows}
        heirs |= {pk: boss for pk, boss in above.items() if known[boss][0]}
        above = {pk: known[boss][1] for pk, boss in above.items() if pk not in heirs and known[boss][1]}
    return heirs | _heads_above({pk: one for pk, one in leavers.items() if pk not in heirs})


def _heads_above(leavers: Mapping[int, Person]) -> dict[int, int]:
    """Who leads the unit of each, or the nearest unit above it that somebody leads."""
    units = {pk: one.unit.ancestor_ids[::-1] for pk, one in leavers.items() if one.unit}
    wanted = {unit for theirs in units.values() for unit in theirs}
    if not wanted:
        return {}
    led = Position.objects.current().heads().filter(unit_id__in=wanted, person__is_active=True)
    led = led.exclude(person__kind=Person.Kind.EXTERNAL)
    # "head" comes after "acting_head", the newer after the older: the last of a unit is the one that stays.
    heads = dict(led.order_by("kind", "starts", "pk").values_list("unit_id", "person_id"))
    found = {pk: next((heads[unit] for unit in theirs if unit in heads), None) for pk, theirs in units.items()}
    return {pk: heir for pk, heir in found.items() if heir is not None}


@transaction.atomic
def come_back(person_ids: Collection[int]) -> None:
    """LDAP lets these people in again. What they answered for stays with who took it over.

    SECURITY: those an administrator shut out stay out: `reactivate` lets them in.
    """
    returning = Person.objects.filter(pk__in=person_ids, is_active=False, is_suspended=False)
    ids = list(returning.values_list("pk", flat=True))
    Person.objects.filter(pk__in=ids).update(is_active=True, left=None)
    refresh_photos(ids)
    refresh_words(ids)


@transaction.atomic
def reactivate(person: Person, *, actor: Person) -> None:
    """Let in again somebody an administrator had shut out. Raises Refused, also for whom LDAP shut out."""
    require(actor, "directory.reactivate_person", person)
    if not person.is_suspended:
        raise Refused(Denied(_("The City's directory decides: nobody shut this person out here.")))
    Person.objects.filter(pk=person.pk).update(is_suspended=False)
    come_back([person.pk])
    person.refresh_from_db()
    record(PERSON_REACTIVATED, None, actor=actor, data={"person": str(person.uuid)})
