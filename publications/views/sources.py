"""Where publications come from, and how it goes: the health of each source; and the door of systems that push."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.throttle import client_address
from foundation.audiences.policies import ask, require
from foundation.ui.forms import blame

from .. import actions
from ..actions import pushes
from ..actions.drafts import addressees
from ..actions.sources import FIELDS
from ..feeds import absolute
from ..forms.sources import SourceForm
from ..models import Notice, Source, SourceRun
from ..problems import sentence_of

RUNS, ITEMS = 50, 10
# state -> words, icon, kind of badge
HEALTH: dict[str, tuple[Any, str, str]] = {
    "ok": (pgettext_lazy("source", "In order"), "circle-check", "success"),
    "waiting": (pgettext_lazy("source", "Nothing came yet"), "clock", ""),
    "late": (pgettext_lazy("source", "Late"), "clock", "warning"),
    "failing": (pgettext_lazy("source", "Failing"), "alert-triangle", "alert"),
    "asleep": (pgettext_lazy("source", "Paused"), "moon", ""),
}
COUNTS: dict[str, Any] = {
    "read": gettext_lazy("Items read"),
    "added": pgettext_lazy("items", "Published"),
    "drafted": pgettext_lazy("items", "Kept as drafts"),
    "corrected": pgettext_lazy("items", "Changed"),
    "ended": pgettext_lazy("items", "Ended"),
    "left_out": pgettext_lazy("items", "Left out"),
}
# How a source at work is described in the list before the others: what needs somebody first.
ORDER = ("failing", "late", "waiting", "ok", "asleep")


def _source(request: HttpRequest, uuid: UUID) -> Source:
    return get_object_or_404(Source.objects.visible_to(request.user).with_row(), uuid=uuid)


def _state(source: Source) -> dict[str, Any]:
    key = source.health
    words, symbol, kind = HEALTH[key]
    return {"key": key, "words": words, "symbol": symbol, "kind": kind}


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """The sources one may see, those in trouble first."""
    require(request.user, "publications.see_sources", None)
    rows = [(one, _state(one)) for one in Source.objects.visible_to(request.user).with_row()]
    rows.sort(key=lambda row: (ORDER.index(row[1]["key"]), row[0].name))
    context = {"rows": rows, **_rights(request)}
    return render(request, "publications/sources/sources.html", context)


def _rights(request: HttpRequest) -> dict[str, Any]:
    return {
        "can_keep": ask(request.user, "publications.keep_sources", None),
        "can_keep_webhooks": ask(request.user, "publications.keep_webhooks", None),
    }


@require_safe
def source(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One source: how it goes, its runs, what was wrong, what came."""
    return _page(request, _source(request, uuid))


def _page(request: HttpRequest, shown: Source, secret: str = "") -> HttpResponse:
    came = Notice.objects.visible_to(request.user).filter(source_items__source=shown).with_row().distinct()
    context = {
        "source": shown,
        "state": _state(shown),
        "runs": [_run(one) for one in shown.runs.newest_first()[:RUNS]],
        "came": came.order_by("-created", "-pk")[:ITEMS],
        "address": absolute(reverse("publications:push", args=[shown.uuid])),
        "secret": secret,
        **_rights(request),
    }
    return render(request, "publications/sources/source.html", context)


def _run(run: SourceRun) -> dict[str, Any]:
    """A run with its words."""
    symbols = {"done": "check", "unchanged": "check", "running": "clock", "failed": "alert-triangle"}
    return {
        "run": run,
        "symbol": symbols[run.state],
        "counts": [(label, run.counts[name]) for name, label in COUNTS.items() if run.counts.get(name)],
        "times": run.counts.get("times", 1),
        "problems": [(one["item"], sentence_of(one["code"], one["data"])) for one in run.problems],
    }


def _initial(shown: Source) -> dict[str, Any]:
    audience = addressees(shown.audience)
    return {**{name: getattr(shown, name) for name in FIELDS}, "audience": audience}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    """Add a source. Of one that pushes, the answer shows the secret, once."""
    require(request.user, "publications.keep_sources", None)
    form = SourceForm(request.POST or None, author=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.add_source(_values(form), actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The source was added."))
            return _page(request, _source(request, made.uuid), secret) if secret else redirect(made)
    return render(request, "publications/sources/source_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_source(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a source."""
    shown = _source(request, uuid)
    require(request.user, "publications.keep_sources", None)
    form = SourceForm(request.POST or None, author=request.user, source=shown, initial=_initial(shown))
    if request.method == "POST" and form.is_valid():
        values = _values(form)
        if not form.cleaned_data["keeper"]:
            values["keeper"] = request.user
        try:
            actions.change_source(shown, values, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The source was changed."))
            return redirect(shown)
    context = {"form": form, "source": shown}
    return render(request, "publications/sources/source_form.html", context, status=422 if form.errors else 200)


def _values(form: SourceForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    if not values["keeper"]:
        del values["keeper"]
    return values


@require_POST
def poll_now(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have it read within seconds."""
    shown = _source(request, uuid)
    actions.poll_now(shown, actor=request.user)
    messages.success(request, _("It will be read within seconds."))
    return redirect(shown)


@require_POST
def pause(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take nothing more in, or again."""
    shown = _source(request, uuid)
    resume = "resume" in request.POST
    actions.pause_source(shown, actor=request.user, resume=resume)
    messages.success(request, _("The source is at work again.") if resume else _("The source is paused."))
    return redirect(shown)


@never_cache
@require_POST
def renew_secret(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new secret, shown in the answer and never again."""
    shown = _source(request, uuid)
    return _page(request, shown, actions.renew_secret(shown, actor=request.user))


@csrf_exempt
@login_not_required
@require_POST
def push(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Systems hand in their publications here: signed, no session, no form.

    SECURITY: exempt from the form's token because no cookie counts here: the signature alone decides.
    """
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and int(said) > pushes.BODY_MAX:
        reply = pushes.refusal(413, "too_large", f"At most {pushes.BODY_MAX} bytes.")
    else:
        reply = pushes.receive_push(
            uuid,
            request.read(pushes.BODY_MAX + 1),
            timestamp=request.headers.get("X-Parvis-Timestamp", ""),
            signature=request.headers.get("X-Parvis-Signature", ""),
            content_type=request.headers.get("Content-Type", ""),
            address=client_address(request) or "",
        )
    return JsonResponse(reply.body, status=reply.status)
