"""How people are read."""

import base64
import json
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from .names import canonical_username, folded

if TYPE_CHECKING:
    from ..models import Person


class PersonQuerySet(models.QuerySet):
    """People. Every signed-in person sees the active people of the city."""

    def visible_to(self, person: Any) -> Self:
        """The active people, for an active person; SECURITY: externals see nobody but themselves."""
        if not person.is_authenticated or not person.is_active:
            return self.none()
        if person.kind == "external":
            return self.filter(pk=person.pk)
        return self.filter(is_active=True)

    def matching(self, words: str) -> Self:
        """Whose name contains every word, in any order, accents and case aside. Titles, units, slips: see `finding`."""
        found = self
        for word in folded(words.replace("\0", " ")).split():
            found = found.filter(search_name__contains=word)
        return found

    def known_as(self, name: str) -> Self:
        """Who has this user name or e-mail address: addresses may be shared."""
        name = name.strip().lower()
        return self.filter(models.Q(username=name) | models.Q(email__iexact=name)).order_by("pk")

    def in_name_order(self) -> Self:
        return self.order_by("search_name", "pk")

    def for_rows(self) -> Self:
        """Loads only what a row of people shows, besides the unit."""
        names = ("uuid", "username", "given_name", "family_name", "preferred_name", "photo", "search_name")
        return self.only(*names, "title_fr", "title_en", "phone", "email", "unit", "manager", "privacy")

    def with_unit(self) -> Self:
        return self.select_related("unit")

    def name_page(self, limit: int, cursor: str | None = None) -> "tuple[list[Person], str | None]":
        """`limit` people in name order after `cursor`, and the cursor of what follows, None at the end.

        ValueError for a cursor we did not make.
        """
        found = self.in_name_order()
        if cursor:
            found = found.filter(TupleGreaterThan(Tuple(F("search_name"), F("pk")), _place(cursor)))
        people: list[Any] = list(found[: limit + 1])
        if len(people) <= limit:
            return people, None
        people = people[:limit]
        return people, _cursor(people[-1])

    def reporting_to(self, manager: "Person") -> Self:
        return self.filter(manager=manager)


def _cursor(person: "Person") -> str:
    return base64.urlsafe_b64encode(json.dumps([person.search_name, person.pk]).encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[str, int]:
    """The name and id a cursor holds. ValueError for anything else."""
    try:
        name, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (TypeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(name, str) or "\0" in name or not isinstance(pk, int) or not 0 < pk < 2**63:
        raise ValueError("not a cursor")
    return name, pk


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Adds what Django's authentication asks of a user manager."""

    def get_by_natural_key(self, username: str) -> "Person":
        return self.get(username=canonical_username(username))
