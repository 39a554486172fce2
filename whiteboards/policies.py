"""Who may make a board, draw on it, change it, and say who draws."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, ask, rule
from foundation.audiences.principals import holders_of
from foundation.content.models import State
from foundation.content.policies import author_or_members, role_on
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import can_contribute, members_of, role_in

from .models import Board


@rule("whiteboards.create", candidates=members_of)
def can_create(person: Any, space: Space) -> Answer:
    """Members who contribute; in one's personal space, oneself."""
    return can_contribute(person, space)


@rule("whiteboards.change", candidates=author_or_members)
def can_change(_person: Any, board: Board) -> Answer:
    """What a board says besides the rule of any content: an archived one stays as it is."""
    if board.state == State.ARCHIVED:
        return Denied(_("This board is archived: it can be looked at, not changed."))
    return Allowed()


def _author_members_or_invited(board: Board) -> Q:
    held = set(board.shares.active().filter(role__gte=Role.CONTRIBUTOR).values_list("principal", flat=True))
    return author_or_members(board) | holders_of(held) if held else author_or_members(board)


@rule("whiteboards.draw", candidates=_author_members_or_invited)
def can_draw(person: Any, board: Board) -> Answer:
    """The author, whoever contributes in its space, and whoever it was shared with to take part. On a board that is to
    be looked at: those who may change it.

    SECURITY: also the rule for its pictures, and for what the socket takes. Asked of what `visible_to` let through.
    """
    if board.state != State.PUBLISHED:
        return Denied(_("This board is archived: it can be looked at, not changed."))
    if board.space.archived:
        return Denied(_("This space is archived: it can be read, not written in."))
    if board.view_only:
        may_change = ask(person, "content.change", board)
        return may_change or Denied(_("This board is to be looked at: its author and hosts alone draw on it for now."))
    role = role_in(person, board.space)
    takes_part = role >= Role.CONTRIBUTOR or (role > 0 and person.pk in (board.author_id, board.owner_id))
    # Who takes part anyway need not be looked for among the shares.
    if not takes_part and role_on(person, board) < Role.CONTRIBUTOR:
        return Denied(
            _("You may look at this board, not draw on it. Ask its author to share it with you to take part.")
        )
    return Allowed()


@rule("whiteboards.switch", candidates=author_or_members)
def can_switch(person: Any, board: Board) -> Answer:
    """Whoever may change the board says whether it is to be drawn on or looked at."""
    return ask(person, "content.change", board)


@rule("whiteboards.move", candidates=author_or_members)
def can_move(person: Any, board: Board) -> Answer:
    """Who made it or answers for it: nobody else takes a board away from where it is."""
    if person.pk not in (board.author_id, board.owner_id):
        return Denied(_("Only its author may move this board to another space."))
    return ask(person, "content.change", board)
