"""How notices are read."""

from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from wagtail.models import TaskState, WorkflowState

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import rows, table
from foundation.content.querysets import SPACE_FIELDS, TITLE_FIELDS, ContentQuerySet
from foundation.spaces.querysets import edited_space_ids, roles_of

from .sites import Named

ROW_FIELDS = (
    *TITLE_FIELDS,
    *(f"space__{name}" for name in SPACE_FIELDS),
    "genre",
    "stage",
    "series",
    "year",
    "number",
    "summary",
    "summary_translated",
    "translation_state",
    "published",
    "expires",
    "acknowledgement",
    "state",
)


READ_FIELDS = (
    "author_id",
    "owner_id",
    "audience__digest",
    "contact_id",
    "contact_note",
    "body",
    "body_translated",
    "on_behalf",
    "on_behalf_translated",
    "event_starts",
    "event_ends",
    "event_place",
    "source_url",
    "created",
)


@dataclass(frozen=True)
class Beside:
    """Whether a notice has any of these: most have none, and then nobody asks for them."""

    tags: bool
    related: bool
    corrections: bool


def beside(notice: Any) -> Beside:
    """One query for three answers. Written out (decision 25)."""
    model = type(notice)
    tags, related = table(model.tags.through), table(model.related.through)
    corrections = table(apps.get_model("publications", "Correction"))
    [found] = rows(
        f"SELECT EXISTS (SELECT 1 FROM {tags} WHERE notice_id = %s), "
        f"EXISTS (SELECT 1 FROM {related} WHERE notice_id = %s), "
        f"EXISTS (SELECT 1 FROM {corrections} WHERE notice_id = %s)",
        [notice.pk] * 3,
    )
    return Beside(*map(bool, found))


class SequenceQuerySet(models.QuerySet):
    """Series of numbers."""

    def years(self) -> tuple[int, ...]:
        """The years in which something was published, the newest first."""
        found = rows(f"SELECT DISTINCT year FROM {table(self.model)} ORDER BY year DESC", [], self.db)
        return tuple(year for (year,) in found)


class TagQuerySet(models.QuerySet):
    """Subjects."""

    def visible_to(self, person: Any) -> Self:
        """Everybody signed in reads the list."""
        return self if principals_of(person) else self.none()

    def with_counts(self) -> Self:
        """Adds `uses`: how many notices are gathered under each."""
        return self.annotate(uses=models.Count("notices"))

    def named(self) -> tuple[Named, ...]:
        """Their addresses and names alone."""
        found = rows(f"SELECT id, slug, name_fr, name_en FROM {table(self.model)} ORDER BY name_fr", [], self.db)
        return tuple(Named(*row) for row in found)


class NoticeQuerySet(ContentQuerySet):
    """Notices: all that content can do, and their own order."""

    def with_row(self) -> Self:
        """Loads what a row or a card shows."""
        return self.select_related("space").only(*ROW_FIELDS)

    def with_unit_key(self) -> Self:
        """Loads what programs are given besides."""
        return self.select_related("space", "unit").only(*ROW_FIELDS, "created", "unit__uuid")

    def for_page(self) -> Self:
        """Loads what the page of one notice shows to those who write it."""
        return self.select_related("space__site", "unit", "author", "contact", "audience")

    def for_reading(self) -> Self:
        """Loads what the page of one notice shows to its readers, and no more."""
        unit = ("uuid", "name_fr", "name_en", "path")
        space = ("access", "audience_id", "archived")
        return self.select_related("space", "unit", "audience").only(
            *ROW_FIELDS, *READ_FIELDS, *(f"unit__{name}" for name in unit), *(f"space__{name}" for name in space)
        )

    def in_force(self) -> Self:
        """Published and not expired."""
        return self.current()

    def ended(self) -> Self:
        """No longer in force, or archived: kept for the record."""
        past = Q(expires__isnull=False, expires__lte=timezone.now()) | Q(state="archived")
        return self.filter(past, state__in=("published", "archived"))

    def of_genre(self, *genres: str) -> Self:
        return self.filter(genre__in=genres)

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def tagged(self, slug: str) -> Self:
        return self.filter(tags__slug=slug)

    def dated(self) -> Self:
        """What takes place and is not over, the next first."""
        now = timezone.now()
        coming = Q(event_ends__gte=now) | Q(event_ends__isnull=True, event_starts__gte=now)
        return self.filter(coming, event_starts__isnull=False).order_by("event_starts", "pk")

    def drafted(self) -> Self:
        """Not published, or published with a change under way."""
        return self.filter(
            Q(stage__in=("draft", "review", "changes")) | Q(stage="published", has_unpublished_changes=True)
        )

    def in_stage(self, *stages: str) -> Self:
        return self.filter(stage__in=stages)

    def of_author(self, person: Any) -> Self:
        return self.filter(Q(author_id=person.pk) | Q(owner_id=person.pk))

    def not_trashed(self) -> Self:
        return self.exclude(state="trashed")

    def with_desk_row(self) -> Self:
        """Loads what a row of the desk shows."""
        return self.select_related("space__site", "author", "unit")

    def waiting_for(self, person: Any) -> Self:
        """What waits for a step of `person`. SECURITY: within what they may read, and what the step's role says."""
        states = TaskState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS,
            workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
            workflow_state__base_content_type__app_label="publications",
            workflow_state__base_content_type__model="notice",
        )
        roles = dict(states.values_list("workflow_state__object_id", "task__roletask__role"))
        mine = roles_of(person)
        rows = self.visible_to(person).filter(pk__in=[int(pk) for pk in roles])
        reviewed = [
            pk
            for pk, space, author, four_eyes in rows.values_list(
                "pk", "space_id", "author_id", "space__site__four_eyes"
            )
            if mine.get(space, 0) >= (roles[str(pk)] or 99) and not (four_eyes and author == person.pk)
        ]
        return self.filter(pk__in=reviewed).order_by("updated", "pk")

    def editable_by(self, person: Any) -> Self:
        """What `person` writes: their own, and all of the sites they edit. SECURITY: within what they may read."""
        mine = Q(author_id=person.pk) | Q(owner_id=person.pk) | Q(space_id__among=edited_space_ids(person))
        return self.visible_to(person).filter(mine)
