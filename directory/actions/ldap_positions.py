"""The positions that LDAP gives: everybody's own, and who leads a unit. Ended ones stay."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..models import Person, Position, Unit

_LDAP = {"source": Position.Source.LDAP, "ends__isnull": True}


@transaction.atomic
def keep_ldap_positions(person_ids: Collection[int]) -> None:
    """Make the open position of each of these people that of their unit and titles today. Four queries and less."""
    people = Person.objects.filter(pk__in=person_ids)
    wanted = {
        pk: (unit_id, title_fr, title_en)
        for pk, unit_id, title_fr, title_en in people.filter(is_active=True, unit__isnull=False).values_list(
            "pk", "unit_id", "title_fr", "title_en"
        )
    }
    open_ones = Position.objects.filter(person_id__in=person_ids, kind=Position.Kind.MEMBER, **_LDAP)
    ended = []
    for position in open_ones.order_by("pk"):
        there = (position.unit_id, position.title_fr, position.title_en)
        if wanted.get(position.person_id) == there:  # type: ignore[arg-type]
            del wanted[position.person_id]  # type: ignore[arg-type]
        else:
            ended.append(position)
    _end(ended)
    Position.objects.bulk_create(
        [
            Position(person_id=pk, unit_id=unit_id, title_fr=title_fr, title_en=title_en, source=Position.Source.LDAP)
            for pk, (unit_id, title_fr, title_en) in wanted.items()
        ]
    )


@transaction.atomic
def keep_heads() -> None:
    """Make the heads that LDAP names those of today: one for each active unit whose head is an active person."""
    named = dict(Unit.objects.active().exclude(ldap_head="").values_list("pk", "ldap_head"))
    people = Person.objects.filter(is_active=True, ldap_dn__in=set(named.values()))
    heads = {dn: (pk, fr, en) for dn, pk, fr, en in people.values_list("ldap_dn", "pk", "title_fr", "title_en")}
    wanted = {unit_id: heads[dn] for unit_id, dn in named.items() if dn in heads}
    ended = []
    for position in Position.objects.filter(kind=Position.Kind.HEAD, **_LDAP).order_by("pk"):
        if wanted.get(position.unit_id) == (position.person_id, position.title_fr, position.title_en):
            del wanted[position.unit_id]
        else:
            ended.append(position)
    _end(ended)
    rows: list[dict[str, Any]] = [
        {"unit_id": unit_id, "person_id": pk, "title_fr": title_fr, "title_en": title_en}
        for unit_id, (pk, title_fr, title_en) in wanted.items()
    ]
    Position.objects.bulk_create(
        [Position(kind=Position.Kind.HEAD, source=Position.Source.LDAP, **row) for row in rows]
    )


def _end(positions: Collection[Position]) -> None:
    """The day before today was their last; what began today never was."""
    today = timezone.localdate()
    Position.objects.filter(pk__in=[one.pk for one in positions if one.starts >= today]).delete()
    before = [one.pk for one in positions if one.starts < today]
    Position.objects.filter(pk__in=before).update(ends=today - timedelta(days=1))
