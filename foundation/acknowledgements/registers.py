"""The register of a request, ready for its page and its files: figures, figures by unit, rows.

Who may read it is `policies.can_read_register`, asked by whoever calls this.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest
from django.db.models import Count, F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from foundation.audiences.relations import UnitGroup, relations
from foundation.ui.sheets import MARK, guarded, line_writer

from .models import Mode, Request, Target, state_of

STATES = ("done", "pending", "overdue", "left")
CHUNK = 2000


@dataclass
class Figures:
    """How many were asked, and where they are. `done + pending + left = total`; overdue are some of the pending."""

    total: int = 0
    done: int = 0
    pending: int = 0
    overdue: int = 0
    left: int = 0

    def add(self, other: "Figures") -> None:
        for name in ("total", *STATES):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def concerned(self) -> int:
        return self.done + self.pending

    @property
    def percent(self) -> int:
        """Whole percents of those concerned; 100 only when nobody is missing."""
        return self.done * 100 // self.concerned if self.concerned else 0


@dataclass
class UnitFigures:
    """The same for one borough or service."""

    group: UnitGroup
    figures: Figures = field(default_factory=Figures)


def figures_of(request: Request) -> tuple[Figures, list[UnitFigures]]:
    """All, and by unit, the units that have most still to do first. Three queries, however many people."""
    unit = f"person__{relations().unit_field}"
    is_done = Q(done__gte=F("required"))
    is_waiting = Q(left__isnull=True) & ~is_done
    rows = (
        Target.objects.on(request)
        .order_by()
        .values_list(unit)
        .annotate(
            n_total=Count("pk"),
            n_done=Count("pk", filter=is_done),
            n_pending=Count("pk", filter=is_waiting),
            n_overdue=Count("pk", filter=is_waiting & Q(due__lt=timezone.now())),
            n_left=Count("pk", filter=Q(left__isnull=False) & ~is_done),
        )
    )
    found = list(rows)
    groups = relations().unit_groups([row[0] for row in found])
    whole, by_unit = Figures(), dict[str, UnitFigures]()
    for pk, *counts in found:
        some = Figures(*counts)
        whole.add(some)
        group = groups[pk]
        by_unit.setdefault(group.key, UnitFigures(group)).figures.add(some)
    ordered = sorted(by_unit.values(), key=lambda one: (-one.figures.pending, one.group.label))
    return whole, ordered


@dataclass(frozen=True)
class Rows:
    """Some people of the register, and the cursor of what follows or an empty text."""

    items: list[Target]
    next: str


def rows_of(request: Request, *, state: str = "", unit: str = "", cursor: str = "", limit: int = 50) -> Rows:
    """People in name order, with their proof and the name of their unit. Raises BadRequest for a strange cursor."""
    sort = f"person__{relations().sort_field}"
    found = _narrowed(request, state, unit).with_person().annotate(sort=F(sort), unit=F(_unit_path()))
    if cursor:
        found = found.filter(TupleGreaterThan(Tuple(F(sort), F("pk")), _place(cursor)))
    items: list[Any] = list(found.order_by("sort", "pk")[: limit + 1])
    names = relations().with_unit_names({one.unit for one in items})
    for one in items:
        one.unit_name = names.get(one.unit, "")
    if len(items) <= limit:
        return Rows(items, "")
    items = items[:limit]
    return Rows(items, _cursor(items[-1].sort, items[-1].pk))


def _unit_path() -> str:
    return f"person__{relations().unit_field}"


def _narrowed(request: Request, state: str, unit: str) -> Any:
    found = Target.objects.on(request).in_state(state)
    if unit:
        # A condition on people, asked of their own table.
        people = get_user_model()._default_manager.filter(relations().people_in(unit))
        found = found.filter(person__in=people.values("pk"))
    return found


def _cursor(sort: str, pk: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, pk]).encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[str, int]:
    try:
        sort, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRequest("This cursor is not one of ours.") from error
    if not isinstance(sort, str) or "\0" in sort or not isinstance(pk, int) or not 0 < pk < 2**63:
        raise BadRequest("This cursor is not one of ours.")
    return sort, pk


class Line(NamedTuple):
    """One line of the register's files: a person asked, with one proof of theirs or none."""

    family: str
    given: str
    username: str
    uuid: Any
    unit: int | None
    since: datetime
    due: datetime | None
    required: int
    done: int
    left: datetime | None
    version: int | None
    language: str | None
    mode: str | None
    at: datetime | None
    content_hash: str | None

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip() or self.username

    def state(self, now: datetime) -> str:
        """One of `STATES`."""
        return state_of(self.done, self.required, self.left, self.due, now)


def all_lines(request: Request) -> QuerySet:
    """Every person with each of their proofs, in name order: as many lines as proofs, one where there is none."""
    person = ("family_name", "given_name", "preferred_name", "username", "uuid", relations().unit_field)
    proof = ("version__number", "language", "mode", "at", "content_hash")
    own = ("since", "due", "required", "done", "left")
    found = Target.objects.on(request).order_by(f"person__{relations().sort_field}", "pk", "proofs__version__number")
    return found.values_list(*(f"person__{one}" for one in person), *own, *(f"proofs__{one}" for one in proof))


def chunks(request: Request) -> Iterator[list[Line]]:
    """The lines, some thousands at a time: constant memory."""
    rows = all_lines(request).iterator(CHUNK)
    while some := list(islice(rows, CHUNK)):
        yield [Line(row[0], row[2] or row[1], *row[3:]) for row in some]


def unit_names(request: Request) -> dict[int | None, str]:
    """The names of the units of all people asked, in the active language. Two queries."""
    found = Target.objects.on(request).order_by().values_list(_unit_path(), flat=True).distinct()
    return relations().with_unit_names(list(found))


def state_label(state: str) -> str:
    """A state in words."""
    return {
        "done": _("Acknowledged"),
        "pending": _("Pending"),
        "overdue": _("Overdue"),
        "left": _("No longer concerned"),
    }[state]


def declared(mode: str | None) -> str:
    """What was declared, in words."""
    return str(Mode(mode).label) if mode else ""


def iso(value: datetime | None) -> str:
    """A moment without ambiguity, in the city's time: 2026-12-03T14:30:05-05:00."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


def csv_lines(request: Request, language: str) -> Iterator[str]:
    """The register as a file of separated values, in `language`. A line for each proof, and for each person without."""
    write = line_writer(language)
    with translation.override(language):
        units = unit_names(request)
        states = {one: state_label(one) for one in STATES}
        modes = {one.value: declared(one.value) for one in Mode}
        head = write(_heading())
    yield f"{MARK}{head}"
    now = timezone.now()
    for some in chunks(request):
        yield "".join(
            write(
                [
                    *(guarded(one) for one in (line.family, line.given, line.username)),
                    str(line.uuid),
                    guarded(units.get(line.unit, "")),
                    states[line.state(now)],
                    iso(line.since),
                    iso(line.due),
                    iso(line.left),
                    line.version or "",
                    line.language or "",
                    modes.get(line.mode or "", ""),
                    iso(line.at),
                    line.content_hash or "",
                ]
            )
            for line in some
        )


def _heading() -> list[str]:
    return [
        *(_("Family name"), _("First name"), _("User name"), _("Key"), _("Unit"), _("State"), _("Asked since")),
        *(_("Due"), _("No longer concerned since"), _("Version"), _("Language"), _("Declaration"), _("When")),
        _("Fingerprint of the text (SHA-256)"),
    ]


def versions_of(request: Request) -> list[Any]:
    """The versions, newest first, each with how many acknowledged it (`proof_count`). One query."""
    found = request.versions.select_related("by").annotate(proof_count=Count("proofs"))
    return list(found.order_by("-number"))
