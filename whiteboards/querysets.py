"""How boards and their versions are read."""

from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import instance, table
from foundation.content.querysets import (
    PERSON_FIELDS,
    SPACE_FIELDS,
    TITLE_FIELDS,
    ContentQuerySet,
    visible_q,
    visible_row,
)
from foundation.spaces.querysets import MySpace, my_space_ids, my_spaces
from foundation.ui.matching import has_words

SPACE = (*SPACE_FIELDS, "access", "audience_id", "archived", "description_fr", "description_en")
ROW = (*TITLE_FIELDS, "author_id", "owner_id", "created", "state", "view_only", "element_count", "state_digest")


class BoardQuerySet(ContentQuerySet):
    """Boards: all that content can do."""

    def with_row(self) -> Self:
        """Loads what a row or a picture in a list shows; not the texts."""
        people = (f"author__{name}" for name in PERSON_FIELDS)
        return self.select_related("space", "author").only(*ROW, *(f"space__{name}" for name in SPACE_FIELDS), *people)

    def for_page(self) -> Self:
        """Loads what the pages of one board show and its rules ask."""
        people = (f"author__{name}" for name in PERSON_FIELDS)
        fields = (*ROW, "audience_id", "expires", "published")
        return self.select_related("space", "author").only(*fields, *(f"space__{name}" for name in SPACE), *people)

    def of_room(self, person: Any, uuid: UUID) -> Any:
        """The board with this uuid and what its rules ask of it and its space; None when `person` may not see it.

        SECURITY: `visible_row` is the rule of `visible_to`. Written out: it is asked for every socket (decision 25).
        """
        space = apps.get_model("spaces", "Space")
        row = visible_row(
            person,
            uuid,
            ("c.id", "c.state", "c.author_id", "c.owner_id", "c.space_id", "b.view_only", "s.archived"),
            f"JOIN {table(self.model)} b ON b.content_ptr_id = c.id JOIN {table(space)} s ON s.id = c.space_id",
        )
        if row is None:
            return None
        pk, state, author, owner, space_id, view_only, archived = row
        board: Any = instance(
            self.model, id=pk, content_ptr_id=pk, state=state, author_id=author, owner_id=owner, space_id=space_id,
            view_only=view_only, kind="board",
        )  # fmt: skip
        board.space = instance(space, id=space_id, archived=archived)
        return board

    def of_person(self, person: Any) -> Self:
        """Those that are mine in any way: made or kept by me, shared with me, or of my spaces."""
        return self.filter(self._made_by(person) | self._shared_with(person) | Q(space_id__among=my_space_ids(person)))

    def made_by(self, person: Any) -> Self:
        """Those I made or answer for."""
        return self.filter(self._made_by(person))

    def shared_with(self, person: Any) -> Self:
        """Those of others that were shared with me, or with a unit, group or space of mine."""
        return self.filter(self._shared_with(person)).exclude(self._made_by(person))

    def in_spaces_of(self, person: Any) -> Self:
        """Those of the spaces I belong to, but for my own space."""
        mine = my_space_ids(person)
        return self.filter(space_id__among=mine).exclude(space__kind="personal")

    def matching(self, words: str) -> Self:
        """Whose title or texts have all the words, as they are written."""
        return self.filter(has_words(words, "title", "text"))

    @staticmethod
    def _made_by(person: Any) -> Q:
        return Q(author_id=person.pk) | Q(owner_id=person.pk)

    @staticmethod
    def _shared_with(person: Any) -> Q:
        shares = apps.get_model("content", "Share")._default_manager
        return Q(pk__in=shares.active().held_by(person).values("content_id"))


class BoardDrawingQuerySet(models.QuerySet):
    """Drawings of boards."""

    def of(self, board: Any) -> str:
        """The drawing of a board one sees, as SVG."""
        return str(self.values_list("svg", flat=True).get(board_id=board.pk))


class BoardVersionQuerySet(models.QuerySet):
    """Earlier states of boards."""

    def visible_to(self, person: Any) -> Self:
        """Those of boards that `person` sees."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="board__"))

    def of(self, board: Any) -> Self:
        """Those of one board."""
        return self.filter(board_id=board.pk)

    def named(self) -> Self:
        """Those somebody named."""
        return self.filter(cause="named")

    def newest_first(self) -> Self:
        return self.order_by("-ended", "-pk")

    def before(self, cursor: Any) -> Self:
        """What comes after `cursor` (ended, id) in `newest_first`."""
        if cursor is None:
            return self
        return self.filter(Q(ended__lt=cursor[0]) | Q(ended=cursor[0], pk__lt=cursor[1]))

    def with_row(self) -> Self:
        """Loads what a row shows; not the state itself, nor its drawing."""
        return self.select_related("by").defer("snapshot", "drawing")


def spaces_to_draw_in(person: Any) -> list[MySpace]:
    """The spaces where `person` may make a board, one's own left out, by name."""
    mine = (one for one in my_spaces(person) if one.role >= 20 and not one.is_archived and one.kind != "personal")
    # What no page shows is no place to put a board.
    return sorted((one for one in mine if one.get_absolute_url()), key=lambda one: one.name.casefold())
