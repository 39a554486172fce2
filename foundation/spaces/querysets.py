"""How spaces and memberships are read: who sees that a space exists, who reads what is in it, who has which role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from foundation.audiences.principals import principals_of, resolve_principals, resolve_together, resolved
from foundation.audiences.querysets import audience_ids_including
from foundation.audiences.sql import among, rows, table, vendor
from foundation.ui.matching import has_words
from foundation.ui.pairs import Pair

from .kinds import url_of_space


@dataclass(frozen=True)
class MySpace:
    """A space someone belongs to: their best role, and what a link to it shows."""

    pk: int
    role: int
    kind: str
    slug: str
    name_fr: str
    name_en: str
    is_archived: bool

    name = Pair("name")

    def get_absolute_url(self) -> str:
        return url_of_space(self)


def my_spaces(person: Any) -> list[MySpace]:
    """The spaces `person` belongs to, in no order. Resolved once per request."""
    principals_of(person)  # resolves the memberships on the way (see SpacePrincipals)
    return resolved(person, "my_spaces", list)


def roles_of(person: Any) -> dict[int, int]:
    """The role of `person` in each space they belong to: `{space id: role}`. Resolved once per request."""
    return resolved(person, "roles", lambda: {one.pk: one.role for one in my_spaces(person)})


def readable_space_ids(person: Any) -> list[int]:
    """The ids of the spaces whose content `person` reads, resolved once per request: constants for every query."""
    return resolved(person, "readable_spaces", lambda: _readable_space_ids([person])[0])


def resolve_readable_spaces(people: Sequence[Any]) -> None:
    """Work them out for many people together, for `readable_space_ids` to find: the queries of one."""
    resolve_principals(people)
    resolve_together(people, "readable_spaces", _readable_space_ids)


def _readable_space_ids(people: Sequence[Any]) -> list[list[int]]:
    held = [principals_of(one) for one in people]
    opened: dict[str, set[int]] = {}
    if any(held):
        space, audience = apps.get_model("spaces", "Space"), apps.get_model("audiences", "AudiencePrincipal")
        theirs, params = among("a.principal", sorted(frozenset().union(*held)), "text", vendor())
        for principal, pk in rows(
            f"SELECT a.principal, s.id FROM {table(space)} s JOIN {table(audience)} a ON a.audience_id = s.audience_id "
            f"WHERE s.access = 'open' AND {theirs}",
            params,
        ):
            opened.setdefault(principal, set()).add(pk)
    return [
        sorted(set(roles_of(one)).union(*(opened[key] for key in mine & opened.keys())))
        for one, mine in zip(people, held, strict=True)
    ]


def my_space_ids(person: Any) -> list[int]:
    """The ids of the spaces `person` belongs to."""
    return sorted(roles_of(person))


def news_space_ids(person: Any) -> list[int]:
    """Those of them where there is news: what one keeps for oneself is none."""
    return sorted(one.pk for one in my_spaces(person) if one.kind != "personal")


def edited_space_ids(person: Any) -> list[int]:
    """The ids of the spaces where `person` is an editor or more, and so sees the drafts."""
    return sorted(space for space, role in roles_of(person).items() if role >= 30)


class SpaceQuerySet(models.QuerySet):
    """Spaces. `visible_to` is knowing that one exists; reading its content is `readable_by`."""

    def visible_to(self, person: Any) -> "SpaceQuerySet":
        """The spaces `person` may know of: listed to their audience unless hidden, and their own."""
        principals = principals_of(person)
        if not principals:
            return self.none()
        listed = Q(access__in=("open", "restricted"), audience_id__in=audience_ids_including(principals))
        return self.filter(listed | Q(pk__in=my_space_ids(person)))

    def readable_by(self, person: Any) -> "SpaceQuerySet":
        """The spaces whose content `person` reads."""
        return self.filter(pk__in=readable_space_ids(person))

    def of_member(self, person: Any) -> "SpaceQuerySet":
        """The spaces `person` belongs to."""
        return self.filter(pk__in=my_space_ids(person))

    def communities(self) -> "SpaceQuerySet":
        """The communities of practice that are not archived."""
        return self.filter(kind="community", archived__isnull=True)

    def with_topics(self) -> "SpaceQuerySet":
        """Those where people discuss."""
        return self.filter(kind__in=("community", "council"))

    def newest_first(self) -> "SpaceQuerySet":
        return self.order_by("-created", "-pk")

    def before(self, cursor: tuple[datetime, int] | None) -> "SpaceQuerySet":
        """What comes after `cursor` (created, id) in `newest_first`."""
        if cursor is None:
            return self
        return self.filter(Q(created__lt=cursor[0]) | Q(created=cursor[0], pk__lt=cursor[1]))

    def with_member_count(self) -> "SpaceQuerySet":
        """Adds `member_count`: people who joined by name."""
        return self.annotate(member_count=Count("memberships", filter=Q(memberships__person__is_active=True)))

    def matching(self, words: str) -> "SpaceQuerySet":
        """Whose name contains the words, in either language."""
        return self.filter(has_words(words, "name_fr", "name_en"))

    def in_name_order(self, language: str) -> "SpaceQuerySet":
        """By name as the reader reads it."""
        return self.order_by("name_en" if language == "en" else "name_fr", "pk")


class MembershipQuerySet(models.QuerySet):
    """Memberships. Those of a space are seen by whoever reads the space."""

    def visible_to(self, person: Any) -> "MembershipQuerySet":
        """The memberships of the spaces `person` reads."""
        return self.filter(space_id__in=readable_space_ids(person))

    def people_count(self, space: Any) -> int:
        """How many active people belong to `space` by name. Of a space one may read: not checked."""
        person = apps.get_model(settings.AUTH_USER_MODEL)
        joined = f"{table(self.model)} m JOIN {table(person)} p ON p.id = m.person_id"
        counted = f"SELECT COUNT(*) FROM {joined} WHERE m.space_id = %s AND p.is_active"
        return rows(counted, [space.pk], self.db)[0][0]

    def for_rows(self) -> "MembershipQuerySet":
        """Loads only what a row of members shows."""
        person = (
            "uuid",
            "username",
            "given_name",
            "family_name",
            "preferred_name",
            "photo",
            "title_fr",
            "title_en",
            "phone",
        )
        unit = ("person__unit__name_fr", "person__unit__name_en")
        return self.select_related("person__unit").only("role", *(f"person__{name}" for name in person), *unit)

    def of_people(self) -> "MembershipQuerySet":
        """By name, active people only."""
        return self.filter(person__is_active=True)
