"""The boards of the demo city, drawn as people draw them: by the actions, in the name of those who belong there."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from directory.models import Person
from foundation.activity.models import Activity
from foundation.audiences.principals import forget, principal
from foundation.content.actions import share
from foundation.content.models import Content
from foundation.realtime.actions import change_document
from foundation.realtime.documents import document_of
from foundation.spaces.models import Membership, Role, Space
from whiteboards.actions import create_board, name_version, settle, switch_board
from whiteboards.models import Board
from whiteboards.scenes.making import STICKIES, Pen, Sheet, grid
from whiteboards.scenes.restoring import put_in
from whiteboards.starting.meetings import Meeting, meeting
from whiteboards.starting.plans import Corner, Join, Step, corner, lanes
from whiteboards.starting.workshops import Question, columns, follow_up, heading, quarters

from .city import read_toml

COUNCIL = "conseil"
# So many people drew on the board of a community.
DREW = 3

Row = dict[str, Any]


def load_boards(seed: int) -> str:
    """Call it within `quietly()`, once the communities are there. Answers a line for whoever waits."""
    rows = read_toml("boards.toml")["boards"]
    for row in rows:
        with transaction.atomic():
            _load(row, random.Random(f"{seed} {row['title']}"))
    return f"{len(rows)} whiteboards"


def _load(row: Row, chance: random.Random) -> None:
    space = _space(row)
    people = _people(row, space)
    author = people[0]
    board = create_board(row["title"], actor=author, space=space, language=row["language"])
    now = timezone.now()
    drawn = now - timedelta(days=row["days"], minutes=chance.randrange(600))
    sheet = Sheet(chance, int(drawn.timestamp() * 1000))
    heading(sheet, row["title"], row["hint"])
    FORMS[row["form"]](sheet, row)
    doc = document_of(Board.KIND, board.uuid)
    change_document(Board.KIND, board.uuid, put_in(doc, sheet.elements), actor=author)
    settle(board.uuid, [one.pk for one in people])
    if "version" in row:
        name_version(board, row["version"], actor=author)
    if row.get("view_only"):
        switch_board(board, view_only=True, actor=author)
    for username, role in row.get("shares", ()):
        reader = Person.objects.get(username=username)
        share(board, principal("person", reader.pk), role=role, actor=author)
    _date(board, drawn)
    forget(author)


def _space(row: Row) -> Space | None:
    if "space" not in row:
        return None
    if row["space"] == COUNCIL:
        return Space.objects.get(kind=Space.Kind.COUNCIL)
    return Space.objects.get(kind=Space.Kind.COMMUNITY, name_fr=row["space"])


def _people(row: Row, space: Space | None) -> list[Person]:
    """Who drew, the author first: of a personal board its owner, of another one who answers for its space."""
    if space is None:
        return [Person.objects.with_unit().get(username=row["by"])]
    members = Membership.objects.filter(space=space, person__is_active=True, role__gte=Role.CONTRIBUTOR)
    pks = members.order_by("-role", "pk").values_list("person_id", flat=True)[:DREW]
    found = {one.pk: one for one in Person.objects.with_unit().filter(pk__in=list(pks))}
    return [found[pk] for pk in pks]


def _date(board: Board, drawn: datetime) -> None:
    """The actions date things now; the plan's dates are put in afterwards."""
    begun = drawn - timedelta(hours=2)
    Content.objects.filter(pk=board.pk).update(created=begun, published=begun, updated=drawn)
    board.versions.update(created=begun, ended=drawn)
    Activity.objects.filter(content_id=board.pk).update(created=drawn, fanned_out=drawn)
    Activity.objects.filter(content_id=board.pk, verb="whiteboards.created").update(created=begun)


def _question(row: list[Any]) -> Question:
    name, question, colour, notes = row
    return Question(name, question, STICKIES[colour], notes)


def _columns(sheet: Sheet, row: Row) -> None:
    width = columns(sheet, [_question(one) for one in row["columns"]])
    follow_up(sheet, width, row["follow"], [(head, hint) for head, hint in row["heads"]], row["rows"])


def _quarters(sheet: Sheet, row: Row) -> None:
    quarters(sheet, [_question(one) for one in row["quarters"]])


def _agenda(sheet: Sheet, row: Row) -> None:
    names, heads = tuple(row["names"]), tuple(row["heads"])
    meeting(sheet, Meeting(names, heads, row["rows"], row["decisions"], row["follow_ups"], row["parked"]))


def _lanes(sheet: Sheet, row: Row) -> None:
    steps = [Step(one[0], one[1], one[2], is_choice=len(one) > 3) for one in row["steps"]]
    lanes(sheet, row["name"], row["lanes"], steps, [Join(*one) for one in row["joins"]])


def _corner(sheet: Sheet, row: Row) -> None:
    corner(sheet, Corner(row["name"], tuple(row["buildings"]), row["park"], row["works"]))
    for at, (colour, text) in enumerate(row["notes"]):
        sheet.sticky(1540, at * 200, text, STICKIES[colour])


def _notes(sheet: Sheet, row: Row) -> None:
    """Notes in groups, each under its name."""
    x = 0.0
    for name, colour, texts in row["groups"]:
        sheet.text(x, 0, name, size=28)
        sheet.line([(x, 50), (x + 376, 50)], pen=Pen(stroke="#ced4da"))
        grid(sheet, texts, x, 76, STICKIES[colour], across=2)
        x += 460


FORMS: dict[str, Callable[[Sheet, Row], None]] = {
    "columns": _columns,
    "quarters": _quarters,
    "agenda": _agenda,
    "lanes": _lanes,
    "corner": _corner,
    "notes": _notes,
}
