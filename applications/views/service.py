"""The systems that register applications: how they are, what came from them, what waits for a decision."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import ask, require
from foundation.audiences.principals import label_of

from .. import actions
from ..actions.registrars import FIELDS
from ..differences import differences_of
from ..forms.service import RefusalForm, RegistrarForm
from ..manifests.problems import told
from ..models import Proposal, Reception, Registrar

RECEPTIONS, DECIDED = 50, 20
# state -> words, icon, kind of badge
HEALTH: dict[str, tuple[Any, str, str]] = {
    "ok": (pgettext_lazy("registrar", "In order"), "circle-check", "success"),
    "waiting": (pgettext_lazy("registrar", "Nothing came yet"), "clock", ""),
    "late": (pgettext_lazy("registrar", "Late"), "clock", "warning"),
    "failing": (pgettext_lazy("registrar", "Failing"), "alert-triangle", "alert"),
    "asleep": (pgettext_lazy("registrar", "Paused"), "moon", ""),
}
# Who needs somebody comes first.
ORDER = ("failing", "late", "waiting", "ok", "asleep")
SYMBOLS = {"applied": "check", "waiting": "clock", "unchanged": "check", "stale": "history"}
DECISIONS = {"waiting": "warning", "applied": "success", "approved": "success", "refused": "alert", "superseded": ""}


def _registrar(request: HttpRequest, uuid: UUID) -> Registrar:
    return get_object_or_404(Registrar.objects.visible_to(request.user).with_row(), uuid=uuid)


def _state(registrar: Registrar) -> dict[str, Any]:
    key = registrar.health
    words, symbol, kind = HEALTH[key]
    return {"key": key, "words": words, "symbol": symbol, "kind": kind}


@require_safe
def registrars(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and the systems one may see, those in trouble first."""
    require(request.user, "applications.see_registrars", None)
    rows = [(one, _state(one)) for one in Registrar.objects.visible_to(request.user).with_row()]
    rows.sort(key=lambda row: (ORDER.index(row[1]["key"]), row[0].name))
    proposals = Proposal.objects.visible_to(request.user).with_row()
    context = {
        "rows": rows,
        "can_keep": ask(request.user, "applications.keep_register", None),
        "waiting": proposals.waiting().newest_first(),
        "decided": [(one, DECISIONS[one.state]) for one in proposals.exclude(state="waiting").newest_first()[:DECIDED]],
    }
    return render(request, "applications/service/registrars.html", context)


@require_safe
def registrar(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One system: how it is, what it registered, what came."""
    return _page(request, _registrar(request, uuid))


def _page(request: HttpRequest, shown: Registrar, secret: str = "") -> HttpResponse:
    receptions = shown.receptions.select_related("proposal").newest_first()[:RECEPTIONS]
    context = {
        "registrar": shown,
        "state": _state(shown),
        "receptions": [_reception(one) for one in receptions],
        "registrations": shown.registrations.select_related("application__space").order_by("key"),
        "waiting": shown.proposals.waiting().with_row().newest_first(),
        "address": f"{settings.SITE_URL}/api/v1/service/applications/",
        "audience": sorted(label_of(one) for one in shown.audience.principals) if shown.audience else [],
        "secret": secret,
        "can_keep": ask(request.user, "applications.keep_registrars", shown.space),
    }
    return render(request, "applications/service/registrar.html", context)


def _reception(reception: Reception) -> dict[str, Any]:
    """A reception with its words."""
    return {
        "reception": reception,
        "symbol": SYMBOLS.get(reception.result, "alert-triangle"),
        "problems": told(reception.problems),
    }


def _initial(shown: Registrar) -> dict[str, Any]:
    audience = shown.audience.principals if shown.audience else frozenset()
    return {**{name: getattr(shown, name) for name in FIELDS}, "audience": audience}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_registrar(request: HttpRequest) -> HttpResponse:
    """Add a system. The answer shows its secret, once."""
    require(request.user, "applications.see_registrars", None)
    form = RegistrarForm(request.POST or None, author=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.add_registrar(_values(form), actor=request.user)
        except ValidationError as error:
            _blame(form, error)
        else:
            messages.success(request, _("The system was added."))
            return _page(request, _registrar(request, made.uuid), secret)
    return _form(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_registrar(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a system."""
    shown = _registrar(request, uuid)
    require(request.user, "applications.keep_registrars", shown.space)
    form = RegistrarForm(request.POST or None, author=request.user, registrar=shown, initial=_initial(shown))
    if request.method == "POST" and form.is_valid():
        values = {**_values(form), "keeper": form.cleaned_data["keeper"] or request.user}
        try:
            actions.change_registrar(shown, values, actor=request.user)
        except ValidationError as error:
            _blame(form, error)
        else:
            messages.success(request, _("The system was changed."))
            return redirect(shown)
    return _form(request, form, registrar=shown)


def _form(request: HttpRequest, form: RegistrarForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "applications/service/registrar_form.html", {"form": form, **context}, status=status)


def _values(form: RegistrarForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    if not values["keeper"]:
        del values["keeper"]
    return values


def _blame(form: Any, error: ValidationError) -> None:
    """Put what the action found beside the fields."""
    for name, texts in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        form.add_error(name if name in form.fields else None, texts)


@require_POST
def read_now(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have its manifest read within seconds."""
    shown = _registrar(request, uuid)
    actions.read_manifest_now(shown, actor=request.user)
    messages.success(request, pgettext("manifest", "It will be read within seconds."))
    return redirect(shown)


@require_POST
def pause(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take nothing more in, or again."""
    shown = _registrar(request, uuid)
    resume = "resume" in request.POST
    actions.pause_registrar(shown, actor=request.user, resume=resume)
    messages.success(request, _("The system is at work again.") if resume else _("The system is paused."))
    return redirect(shown)


@require_POST
def any_version(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Its versions begin anew."""
    shown = _registrar(request, uuid)
    actions.accept_any_version(shown, actor=request.user)
    messages.success(request, _("The next manifest counts, whatever its version."))
    return redirect(shown)


@never_cache
@require_POST
def renew_secret(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new secret, shown in the answer and never again."""
    shown = _registrar(request, uuid)
    return _page(request, shown, actions.renew_registrar_secret(shown, actor=request.user))


def _proposal(request: HttpRequest, uuid: UUID) -> Proposal:
    return get_object_or_404(Proposal.objects.visible_to(request.user).with_row(), uuid=uuid)


@require_safe
def proposal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a system proposes, field by field, and the two answers."""
    return _proposal_page(request, _proposal(request, uuid), RefusalForm())


def _proposal_page(
    request: HttpRequest, shown: Proposal, form: RefusalForm, problems: list[str] | None = None
) -> HttpResponse:
    context = {
        "proposal": shown,
        "badge": DECISIONS[shown.state],
        "differences": differences_of(shown),
        "deciding": ask(request.user, "applications.decide", shown),
        "form": form,
        "problems": problems,
    }
    status = 422 if form.errors or problems else 200
    return render(request, "applications/service/proposal.html", context, status=status)


@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write what is proposed."""
    shown = _proposal(request, uuid)
    try:
        application = actions.approve(shown, actor=request.user)
    except ValidationError as error:
        return _proposal_page(request, shown, RefusalForm(), error.messages)
    messages.success(request, _("Approved: the register says it now."))
    return redirect(application)


@require_POST
def refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave the register as it is."""
    shown = _proposal(request, uuid)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _proposal_page(request, shown, form)
    actions.refuse(shown, form.cleaned_data["reason"], actor=request.user)
    messages.success(request, _("Refused: the register stays as it was."))
    return redirect("applications:registrars")
