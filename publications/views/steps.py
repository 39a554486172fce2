"""The buttons of a notice: its steps of approval, its publication, its end."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import actions
from ..errors import Conflict, GateClosed
from ..forms import ReopenForm
from ..models import Notice, Stage
from ..policies.notices import step_of
from .notices import found


def _say_gate(request: HttpRequest, error: ValidationError) -> None:
    for one in error.messages:
        messages.error(request, one)


def _seen(request: HttpRequest) -> int | None:
    """The revision that stood on the page whose button was pressed."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def _publish(request: HttpRequest, notice: Notice) -> str:
    done = actions.publish_now(notice, actor=request.user, seen=_seen(request))
    return _("It is scheduled.") if done.stage == Stage.SCHEDULED else _("It is published.")


def _submit(request: HttpRequest, notice: Notice) -> str:
    actions.submit(notice, actor=request.user)
    return _("Its approval is asked for: you will be told.")


def _approve(request: HttpRequest, notice: Notice) -> str:
    done = actions.approve(notice, actor=request.user, comment=request.POST.get("comment", ""), seen=_seen(request))
    if step_of(done) is not None:
        return _("Approved: the next step is under way.")
    return _("Approved, and scheduled.") if done.stage == Stage.SCHEDULED else _("Approved, and published.")


def _ask_changes(request: HttpRequest, notice: Notice) -> str:
    actions.ask_changes(notice, request.POST.get("comment", ""), actor=request.user)
    return _("It went back to its author with your comment.")


def _take_back(request: HttpRequest, notice: Notice) -> str:
    actions.take_back(notice, actor=request.user)
    return _("It is a draft again.")


def _end(request: HttpRequest, notice: Notice) -> str:
    actions.end_now(notice, actor=request.user)
    return _("It is no longer in force. It can be reopened.")


def _archive(request: HttpRequest, notice: Notice) -> str:
    actions.archive(notice, actor=request.user)
    return _("It is archived. It can be reopened.")


def _reopen(request: HttpRequest, notice: Notice) -> str:
    form = ReopenForm(request.POST)
    if not form.is_valid():
        raise ValidationError(form.errors.get("until", []))
    actions.reopen(notice, actor=request.user, until=form.cleaned_data["until"])
    return _("It is in force again.")


def _discard(request: HttpRequest, notice: Notice) -> str:
    actions.discard_changes(notice, actor=request.user)
    return _("The changes were given up.")


def _ask_translation(request: HttpRequest, notice: Notice) -> str:
    actions.ask_translation(notice, actor=request.user)
    return _("The editors of the site are told that its translation is wanted.")


STEPS: dict[str, Callable[[HttpRequest, Notice], str]] = {
    "publish": _publish,
    "submit": _submit,
    "approve": _approve,
    "ask_changes": _ask_changes,
    "take_back": _take_back,
    "end": _end,
    "archive": _archive,
    "reopen": _reopen,
    "discard": _discard,
    "ask_translation": _ask_translation,
}


@require_POST
def step(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One button of the notice's page."""
    wish = request.POST.get("do", "")
    if wish not in STEPS:
        raise Http404
    return take_step(request, found(request, uuid), wish)


def take_step(request: HttpRequest, notice: Notice, wish: str) -> HttpResponse:
    """What was wished for, or in words what keeps it from being done: nothing is lost, the draft is saved."""
    try:
        messages.success(request, STEPS[wish](request, notice))
    except Conflict:
        messages.error(
            request, _("Nothing was done: this notice was changed since you opened it. Read it again, then decide.")
        )
    except GateClosed as closed:
        messages.warning(request, _("It is saved, and not published yet:"))
        _say_gate(request, closed)
    except ValidationError as error:
        _say_gate(request, error)
    return redirect(notice)
