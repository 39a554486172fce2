"""The history of a board: its versions, one of them, going back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.audiences.policies import Refused, ask, require
from foundation.content.cursors import decode, page_of
from foundation.ui.forms import blame

from .. import actions
from ..actions.keeping import document_at
from ..forms import VersionForm
from ..models import Board, BoardVersion
from ..scenes.reading import scene_of
from .drawings import version_of
from .finding import board_of, problem, wants_json
from .reading import told

PAGE = 24
DRAWERS = 12


@require_safe
def history(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The versions of a board, the latest first."""
    return _page(request, board_of(request, uuid), VersionForm())


def _page(request: HttpRequest, board: Board, form: VersionForm) -> HttpResponse:
    only_named = request.GET.get("only") == "named"
    rows = BoardVersion.objects.visible_to(request.user).of(board).with_row()
    rows = rows.named() if only_named else rows
    page = page_of(rows.before(decode(request.GET.get("before"))).newest_first(), PAGE, by="ended")
    context: dict[str, Any] = {
        "board": board,
        "page": page,
        "only_named": only_named,
        "choices": [
            {"label": _("All versions"), "url": "?", "is_current": not only_named},
            {"label": _("Named versions"), "url": "?only=named", "is_current": only_named},
        ],
        "form": form,
        "can_draw": ask(request.user, "whiteboards.draw", board),
    }
    return render(request, "whiteboards/history.html", context, status=422 if form.errors else 200)


@require_POST
def name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep the board as it is now, under a name. A script is answered with the version, or why not."""
    board = board_of(request, uuid)
    form = VersionForm(request.POST)
    try:
        require(request.user, "whiteboards.draw", board)
        if form.is_valid():
            kept = actions.name_version(board, form.cleaned_data["name"], actor=request.user)
            if wants_json(request):
                answer = {"id": str(kept.uuid), "name": kept.name, "at": kept.ended.isoformat()}
                return JsonResponse(answer, status=201)
            messages.success(request, _("“%(name)s” is kept: you may come back to it.") % {"name": kept.name})
            return redirect("whiteboards:history", uuid=uuid)
    except Refused as refused:
        if wants_json(request):
            return problem(403, refused.reason)
        raise
    except ValidationError as error:
        blame(form, error)
    if wants_json(request):
        return problem(422, " ".join(text for texts in form.errors.values() for text in texts))
    return _page(request, board, form)


@require_safe
def version(request: HttpRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """An earlier state, to be looked at."""
    found = version_of(request, uuid, version)
    context = {
        **told(scene_of(document_at(found))),
        "board": found.board,
        "version": found,
        "drawn_by": list(found.drawn_by.all()[:DRAWERS]),
        "can_draw": ask(request.user, "whiteboards.draw", found.board),
    }
    return render(request, "whiteboards/version.html", context)


@require_POST
def restore(request: HttpRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """Take the board back to an earlier state."""
    found = version_of(request, uuid, version)
    if actions.restore_version(found, actor=request.user):
        messages.success(
            request,
            _("The board is as it was. To undo this, go back to “Before going back”, the first of the list."),
        )
    else:
        messages.info(request, _("The board looks like that already."))
    return redirect("whiteboards:history", uuid=uuid)
