"""Groups kept by hand, and saved audiences: making, changing and evaluating them."""

import logging
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.activity.verbs import Verb
from foundation.audiences.policies import require

from ..activities import (
    GROUP_CHANGED,
    GROUP_CREATED,
    GROUP_MEMBERS_ADDED,
    GROUP_MEMBERS_REMOVED,
    GROUP_RESTORED,
    GROUP_WITHDRAWN,
)
from ..models import Group, GroupChange, Person
from ..rules import Node, check, condition_of, depends_on, evaluation_order, parse, values_of

logger = logging.getLogger(__name__)

# Rows written or deleted by one query.
BATCH = 2000
NAME_MAX, PURPOSE_MAX = 160, 2000


@transaction.atomic
def create_group(
    *,
    actor: Person,
    name_fr: str,
    name_en: str = "",
    purpose_fr: str = "",
    purpose_en: str = "",
    is_public: bool = True,
    rule: Any = None,
    owners: Collection[Person] = (),
) -> Group:
    """A group kept by hand or, with a `rule`, a saved audience with the members it has now. `actor` owns it unless
    `owners` are given. Raises Refused and ValidationError."""
    require(actor, "directory.create_group", None)
    source = Group.Source.HAND if rule is None else Group.Source.RULE
    group = Group(source=source, rule=rule, is_public=is_public)
    _describe(group, name_fr, name_en, purpose_fr, purpose_en)
    if rule is not None:
        check(rule, author=actor)
    group.save()
    group.owners.set(_owners(owners or [actor]))
    if rule is not None:
        _evaluate(group, actor)
    record(GROUP_CREATED, None, actor=actor, data={"group": str(group.uuid), "source": source.value})
    return group


@transaction.atomic
def change_group(
    group: Group,
    *,
    actor: Person,
    name_fr: str,
    name_en: str = "",
    purpose_fr: str = "",
    purpose_en: str = "",
    is_public: bool = True,
    rule: Any = None,
    owners: Collection[Person],
) -> None:
    """Names, purpose, who may address it, owners (one at least) and, for a saved audience, its rule. Raises Refused and
    ValidationError."""
    group = _locked(group)
    require(actor, "directory.change_group", group)
    _describe(group, name_fr, name_en, purpose_fr, purpose_en)
    group.is_public = is_public
    has_new_rule = group.source == Group.Source.RULE and rule != group.rule
    if has_new_rule:
        check(rule, author=actor, kept=group.rule, group=group)
        group.rule = rule
    group.save(update_fields=["name_fr", "name_en", "purpose_fr", "purpose_en", "is_public", "rule"])
    group.owners.set(_owners(owners))
    if has_new_rule and group.is_active:
        _evaluate(group, actor)
        _evaluate_dependents(group, actor)
    record(GROUP_CHANGED, None, actor=actor, data={"group": str(group.uuid), "rule": has_new_rule})


@transaction.atomic
def add_members(group: Group, people: Collection[Person], *, actor: Person) -> GroupChange | None:
    """Take people in a group kept by hand. Answers what changed, None if they all belonged. Raises Refused."""
    group = _locked(group)
    require(actor, "directory.change_group_members", group)
    if not all(one.is_active for one in people):
        raise ValidationError(_("Only people with an active account can be taken in."))
    return _change_by_hand(group, actor, GROUP_MEMBERS_ADDED, added=Q(pk__in=[one.pk for one in people]))


@transaction.atomic
def remove_members(group: Group, people: Collection[Person], *, actor: Person) -> GroupChange | None:
    """Take people out of a group kept by hand. Answers what changed, None if nobody belonged. Raises Refused."""
    group = _locked(group)
    require(actor, "directory.change_group_members", group)
    return _change_by_hand(group, actor, GROUP_MEMBERS_REMOVED, removed=Q(pk__in=[one.pk for one in people]))


@transaction.atomic
def withdraw_group(group: Group, *, actor: Person) -> None:
    """Make a group hold nobody, so that what is addressed to it is seen by nobody through it. Raises Refused."""
    group = _locked(group)
    require(actor, "directory.change_group", group)
    if not group.is_active:
        return
    _change(group, actor, removed=Q())
    group.is_active = False
    group.save(update_fields=["is_active"])
    _evaluate_dependents(group, actor)
    record(GROUP_WITHDRAWN, None, actor=actor, data={"group": str(group.uuid)})


@transaction.atomic
def restore_group(group: Group, *, actor: Person) -> None:
    """Bring a withdrawn group back: evaluated anew, or with the members it had who still have an account. Raises
    Refused."""
    group = _locked(group)
    require(actor, "directory.change_group", group)
    if group.is_active:
        return
    group.is_active = True
    group.save(update_fields=["is_active"])
    if group.source == Group.Source.RULE:
        _evaluate(group, actor)
    else:
        last = group.changes.first()
        _change(group, actor, added=Q(uuid__in=last.removed if last else [], is_active=True))
    _evaluate_dependents(group, actor)
    record(GROUP_RESTORED, None, actor=actor, data={"group": str(group.uuid)})


@transaction.atomic
def evaluate_rules() -> list[GroupChange]:
    """Make the members of every group with a rule those its rule describes now. Answers what changed.

    A rule over another rule's group comes after it. Two queries for a group where nothing changed, whatever its size.
    """
    return _evaluate_all(Group.objects.active().by_rule(), by=None)


def _evaluate_all(groups: Iterable[Group], by: Person | None) -> list[GroupChange]:
    known = {group.uuid: group for group in groups}
    nodes = {uuid: node for uuid, group in known.items() if (node := _parsed(group)) is not None}
    order = [*(uuid for uuid in known if uuid not in nodes), *evaluation_order(nodes)]
    values = values_of(nodes.values())
    changes = []
    for uuid in order:
        # SECURITY: a rule that cannot be read takes nobody in.
        wanted = condition_of(known[uuid].rule, values=values) if uuid in nodes else Q(pk__in=[])
        changes.append(_make_members(known[uuid], wanted, by))
    if known:
        Group.objects.filter(uuid__in=known).update(evaluated=timezone.now())
    return [one for one in changes if one is not None]


def _parsed(group: Group) -> Node | None:
    try:
        return parse(group.rule)
    except ValidationError as error:
        logger.error("the rule of group %s cannot be read: %s", group.pk, error.messages)
        return None


def _evaluate(group: Group, by: Person | None) -> GroupChange | None:
    changes = _evaluate_all([group], by)
    return changes[0] if changes else None


def _evaluate_dependents(group: Group, by: Person | None) -> None:
    """SECURITY: who is no longer in `group` is at once no longer where they were because of it."""
    rules = {one.uuid: one for one in Group.objects.active().by_rule()}
    needs = depends_on({uuid: node for uuid, one in rules.items() if (node := _parsed(one)) is not None})
    reached: set[UUID] = {group.uuid}
    while True:
        further = {uuid for uuid, theirs in needs.items() if theirs & reached} - reached
        if not further:
            break
        reached |= further
    _evaluate_all([rules[uuid] for uuid in reached - {group.uuid}], by)


def _make_members(group: Group, wanted: Q, by: Person | None) -> GroupChange | None:
    """Make the members those of a condition."""
    return _change(group, by, added=wanted, removed=~Q(pk__in=Person.objects.filter(wanted).values("pk")))


def _change(group: Group, by: Person | None, *, added: Q | None = None, removed: Q | None = None) -> GroupChange | None:
    """Take in the people of one condition and take out those of the other. None when that changes nothing.

    The databases compare; only the difference is read, and written in batches.
    """
    membership = Group.members.through
    inside = Q(pk__in=membership.objects.filter(group_id=group.pk).values("person_id"))
    people = Person.objects.order_by("pk")
    incoming = [] if added is None else list(people.filter(added).exclude(inside).values_list("pk", "uuid"))
    outgoing = [] if removed is None else list(people.filter(inside & removed).values_list("pk", "uuid"))
    if not incoming and not outgoing:
        return None
    rows = [membership(group_id=group.pk, person_id=pk) for pk, _uuid in incoming]
    membership.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    for start in range(0, len(outgoing), BATCH):
        ids = [pk for pk, _uuid in outgoing[start : start + BATCH]]
        membership.objects.filter(group_id=group.pk, person_id__in=ids).delete()
    return GroupChange.objects.create(
        group=group,
        by=by,
        added=[str(uuid) for _pk, uuid in incoming],
        removed=[str(uuid) for _pk, uuid in outgoing],
    )


def _change_by_hand(
    group: Group, actor: Person, verb: Verb, *, added: Q | None = None, removed: Q | None = None
) -> GroupChange | None:
    change = _change(group, actor, added=added, removed=removed)
    if change is None:
        return None
    _evaluate_dependents(group, actor)
    data = {"group": str(group.uuid), "people": change.added or change.removed}
    record(verb, None, actor=actor, data=data)
    return change


def _locked(group: Group) -> Group:
    """The group as it is now, until the end of the transaction."""
    return Group.objects.select_for_update().get(pk=group.pk)


def _describe(group: Group, name_fr: str, name_en: str, purpose_fr: str, purpose_en: str) -> None:
    names = [" ".join(one.replace("\0", "").split()) for one in (name_fr, name_en)]
    purposes = [one.replace("\0", "").strip() for one in (purpose_fr, purpose_en)]
    if not names[0]:
        raise ValidationError({"name_fr": _("Give the group a French name.")})
    for field, text, longest in (
        ("name_fr", names[0], NAME_MAX),
        ("name_en", names[1], NAME_MAX),
        ("purpose_fr", purposes[0], PURPOSE_MAX),
        ("purpose_en", purposes[1], PURPOSE_MAX),
    ):
        if len(text) > longest:
            raise ValidationError({field: _("This is too long: at most %(max)s characters.") % {"max": longest}})
        setattr(group, field, text)


def _owners(people: Collection[Person]) -> list[Person]:
    owners = [one for one in people if one.is_active and one.kind != Person.Kind.EXTERNAL]
    if not owners or len(owners) < len(people):
        raise ValidationError({"owners": _("A group has at least one owner, and they all work for the City.")})
    return owners
