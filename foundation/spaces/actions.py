"""What one does to spaces and memberships."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation.audiences.models import Audience
from foundation.audiences.policies import Denied, Refused, require
from foundation.audiences.principals import forget

from .models import Membership, Role, Space
from .policies import role_in
from .signals import happened

# Pages beside those of spaces: /communities/new/, /sites/images/.
RESERVED = frozenset({"new", "images", "pages", "proposals"})


def free_slug(name: str) -> str:
    """A short address for `name` that neither a space nor a page has."""
    base = slugify(name)[:70] or "espace"
    few = [base, *(f"{base}-{number}" for number in range(2, 10))]
    taken = {*RESERVED, *Space.objects.filter(slug__in=few).values_list("slug", flat=True)}
    return next((slug for slug in few if slug not in taken), f"{base}-{get_random_string(8).lower()}")


@transaction.atomic
def create_space(
    kind: str,
    *,
    actor: Any,
    name_fr: str,
    name_en: str = "",
    description_fr: str = "",
    description_en: str = "",
    access: str = Space.Access.OPEN,
    audience: Audience | None = None,
    slug: str = "",
) -> Space:
    """Make a space whose first owner is `actor`. `slug`: the short address wanted, made free when it is taken."""
    space = Space.objects.create(
        kind=kind,
        slug=free_slug(slug or name_fr),
        name_fr=name_fr,
        name_en=name_en,
        description_fr=description_fr,
        description_en=description_en,
        access=access,
        audience=audience,
    )
    Membership.objects.create(space=space, person=actor, role=Role.OWNER)
    forget(actor)
    happened.send(Space, verb="spaces.created", target=space, actor=actor, data={})
    return space


@transaction.atomic
def personal_space(*, actor: Any) -> Space:
    """The personal space of `actor`, made when they first keep something in it: seen by its owner alone. Announced to
    nobody: it is found again, not created, however often it is asked for."""
    space, made = Space.objects.get_or_create(
        slug=f"personal-{actor.uuid}",
        defaults={
            "kind": Space.Kind.PERSONAL,
            "name_fr": "Espace personnel",
            "name_en": "Personal space",
            "access": Space.Access.HIDDEN,
        },
    )
    if made:
        Membership.objects.create(space=space, person=actor, role=Role.OWNER)
    if role_in(actor, space) < Role.OWNER:
        # Made just now, here or in another window: what was resolved before does not know of it.
        forget(actor)
    return space


@transaction.atomic
def join(space: Space, *, actor: Any) -> Membership:
    """Become a contributor of an open space. Raises Refused. Joining twice changes nothing."""
    membership = space.memberships.filter(person=actor).first()
    if membership is not None:
        return membership
    require(actor, "spaces.join", space)
    membership, is_new = Membership.objects.get_or_create(
        space=space, person=actor, defaults={"role": Role.CONTRIBUTOR}
    )
    forget(actor)
    if is_new:
        happened.send(Space, verb="spaces.joined", target=space, actor=actor, data={})
    return membership


@transaction.atomic
def leave(space: Space, *, actor: Any) -> None:
    """Leave a space. Raises Refused for the last owner."""
    # Locked, so that two last owners cannot leave each other alone.
    Space.objects.select_for_update().get(pk=space.pk)
    require(actor, "spaces.leave", space)
    space.memberships.filter(person=actor).delete()
    forget(actor)
    happened.send(Space, verb="spaces.left", target=space, actor=actor, data={})


@transaction.atomic
def add_member(space: Space, person: Any, role: int = Role.CONTRIBUTOR, *, actor: Any) -> Membership:
    """Take a person in, or change their role. Raises Refused unless `actor` owns the space, and for the last owner;
    ValueError for a role there is not."""
    require(actor, "spaces.manage", space)
    role = Role(role)
    # Locked, like every change of owners: the last one stays.
    Space.objects.select_for_update().get(pk=space.pk)
    if role < Role.OWNER and space.memberships.filter(person=person, role=Role.OWNER).exists():
        require(person, "spaces.leave", space)
    membership, _new = Membership.objects.update_or_create(space=space, person=person, defaults={"role": role})
    forget(person)
    data = {"person": str(person.uuid), "role": int(role)}
    happened.send(Space, verb="spaces.member_added", target=space, actor=actor, data=data)
    return membership


@transaction.atomic
def remove_member(space: Space, person: Any, *, actor: Any) -> None:
    """Take a person out; what they wrote stays. Raises Refused unless `actor` owns the space."""
    require(actor, "spaces.manage", space)
    Space.objects.select_for_update().get(pk=space.pk)
    require(person, "spaces.leave", space)
    space.memberships.filter(person=person).delete()
    forget(person)
    data = {"person": str(person.uuid)}
    happened.send(Space, verb="spaces.member_removed", target=space, actor=actor, data=data)


@transaction.atomic
def describe(space: Space, *, actor: Any, name_fr: str, name_en: str, description_fr: str, description_en: str) -> None:
    """Change the names and descriptions; the address stays. Raises Refused unless `actor` owns the space."""
    require(actor, "spaces.manage", space)
    space.name_fr, space.name_en = name_fr, name_en
    space.description_fr, space.description_en = description_fr, description_en
    space.save(update_fields=["name_fr", "name_en", "description_fr", "description_en"])
    happened.send(Space, verb="spaces.described", target=space, actor=actor, data={})


@transaction.atomic
def change_access(space: Space, access: str, audience: Audience | None = None, *, actor: Any) -> None:
    """Open, restrict or hide a space: one row, and all its content follows at once. Raises Refused."""
    require(actor, "spaces.manage", space)
    space.access = access
    if audience is not None:
        space.audience = audience
    space.save(update_fields=["access", "audience"])
    happened.send(Space, verb="spaces.access_changed", target=space, actor=actor, data={"access": access})


@transaction.atomic
def pass_on(space: Space, to: Any, *, actor: Any) -> None:
    """Make somebody who reads the space its owner in one's own place; one stays as a contributor. Raises Refused."""
    require(actor, "spaces.manage", space)
    mine = space.memberships.filter(person=actor, role=Role.OWNER).first()
    if mine is None:
        raise Refused(Denied(_("You are not its host by name.")))
    # SECURITY: to own is to see: whoever may not read it is welcomed by its hosts first.
    if not Space.objects.readable_by(to).filter(pk=space.pk).exists():
        raise Refused(Denied(_("This person cannot read this space: welcome them as a member first.")))
    Space.objects.select_for_update().get(pk=space.pk)
    mine.role = Role.CONTRIBUTOR
    mine.save(update_fields=["role"])
    Membership.objects.update_or_create(space=space, person=to, defaults={"role": Role.OWNER})
    forget(actor)
    forget(to)
    data = {"person": str(to.uuid)}
    happened.send(Space, verb="spaces.passed_on", target=space, actor=actor, data=data)


def last_owned_by(owner_ids: Collection[int]) -> dict[int, list[int]]:
    """The spaces that have no active owner left but had one of these people: {owner: space ids}. Not personal ones.

    Asked once they are no longer active. A space of two of them is the first one's.
    """
    others = Membership.objects.filter(
        Q(person__is_active=True) | ~Q(principal=""), space=OuterRef("space"), role=Role.OWNER
    )
    left = Membership.objects.filter(~Exists(others), person_id__in=owner_ids, role=Role.OWNER)
    found: dict[int, list[int]] = {}
    seen: set[int] = set()
    rows = left.exclude(space__kind=Space.Kind.PERSONAL).order_by("pk").values_list("person_id", "space_id")
    for owner, space in rows:
        if space not in seen:
            seen.add(space)
            found.setdefault(owner, []).append(space)
    return found


@transaction.atomic
def hand_over(owned: Mapping[int, Collection[int]], heirs: Mapping[int, int]) -> None:
    """When people leave: each owner's heir becomes the owner of the owner's spaces; who left is a contributor there.

    Three queries, whatever the number of people and spaces. Told to nobody: who leaves keeps the register of it.
    """
    passed = {space: heirs[owner] for owner, spaces in owned.items() if owner in heirs for space in spaces}
    if not passed:
        return
    Membership.objects.filter(space_id__in=passed, role=Role.OWNER).update(role=Role.CONTRIBUTOR)
    theirs = Membership.objects.filter(space_id__in=passed, person_id__in=set(passed.values()))
    members = {(one.space_id, one.person_id): one for one in theirs}
    known = [members[pair] for pair in passed.items() if pair in members]
    Membership.objects.filter(pk__in=[one.pk for one in known]).update(role=Role.OWNER)
    new = [pair for pair in passed.items() if pair not in members]
    Membership.objects.bulk_create(Membership(space_id=space, person_id=heir, role=Role.OWNER) for space, heir in new)
