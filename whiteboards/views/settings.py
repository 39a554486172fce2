"""What one changes of a board besides what is on it: title, place, who draws; another one out of it; the trash."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.audiences.policies import Refused, ask, require
from foundation.content import actions as content_actions
from foundation.spaces.actions import personal_space
from foundation.spaces.models import Space
from foundation.ui.forms import blame

from .. import actions
from ..forms import BoardForm, DuplicateForm, MoveForm
from ..models import Board
from .finding import board_of, problem, space_of, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Title, language, who draws, where it lives."""
    board = board_of(request, uuid)
    require(request.user, "content.change", board)
    form = BoardForm(request.POST or None, initial={"title": board.title, "language": board.language})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_board(board, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The board was changed."))
            return redirect("whiteboards:settings", uuid=uuid)
    return _page(request, board, form)


def _page(request: HttpRequest, board: Board, form: BoardForm, move_form: MoveForm | None = None) -> HttpResponse:
    at = "" if board.space.kind == Space.Kind.PERSONAL else board.space.slug
    context: dict[str, Any] = {
        "board": board,
        "form": form,
        "move_form": move_form or MoveForm(person=request.user, initial={"space": at}),
        "can_move": ask(request.user, "whiteboards.move", board),
        "can_trash": ask(request.user, "content.trash", board),
    }
    is_wrong = bool(form.errors or (move_form and move_form.errors))
    return render(request, "whiteboards/settings.html", context, status=422 if is_wrong else 200)


@require_POST
def switch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close the board to drawing (`view_only=on`), or open it again (anything else)."""
    board = board_of(request, uuid)
    view_only = request.POST.get("view_only") == "on"
    try:
        actions.switch_board(board, view_only=view_only, actor=request.user)
    except Refused as refused:
        if wants_json(request):
            return problem(403, refused.reason)
        raise
    if wants_json(request):
        return JsonResponse({"view_only": board.view_only})
    messages.success(
        request,
        _("The board is now to be looked at: you and the hosts of its space alone draw on it.")
        if view_only
        else _("The board is open to drawing again."),
    )
    return redirect("whiteboards:settings", uuid=uuid)


@require_POST
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the board to another space."""
    board = board_of(request, uuid)
    require(request.user, "whiteboards.move", board)
    form = MoveForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, board, BoardForm(initial={"title": board.title, "language": board.language}), form)
    space = space_of(request, form.cleaned_data["space"]) or personal_space(actor=request.user)
    actions.move_board(board, space, actor=request.user)
    messages.success(request, _("The board is now in: %(space)s.") % {"space": space.name})
    return redirect("whiteboards:settings", uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a board of one's own out of this one."""
    board = board_of(request, uuid)
    title = _("Copy of %(title)s") % {"title": board.title}
    form = DuplicateForm(request.POST or None, person=request.user, initial={"title": title[:250]})
    if request.method == "POST" and form.is_valid():
        space = space_of(request, form.cleaned_data["space"])
        try:
            copy = actions.duplicate_board(board, form.cleaned_data["title"], space=space, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("This is your copy. The first board stays as it is."))
            return redirect(copy)
    return render(
        request, "whiteboards/duplicate.html", {"board": board, "form": form}, status=422 if form.errors else 200
    )


@require_POST
def put_in_trash(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the board in the trash, from where it can be restored."""
    board = board_of(request, uuid)
    content_actions.trash(board, actor=request.user)
    messages.success(request, _("“%(title)s” is in the trash: you may restore it below.") % {"title": board.title})
    return redirect("whiteboards:trash")


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the board out of the trash."""
    board = get_object_or_404(Board.objects.trashed_for(request.user).for_page(), uuid=uuid)
    content_actions.restore(board, actor=request.user)
    messages.success(request, _("“%(title)s” is back.") % {"title": board.title})
    return redirect("whiteboards:boards")
