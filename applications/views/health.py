"""The checks of one application, for those who keep it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import require

from .. import actions
from ..actions.health import SAID
from ..actions.health_runs import network_trouble
from ..forms.health import CheckForm, OutageForm
from ..health_files import charts_of, csv_of, newest_of
from ..models import Application, Check
from ..models.health import CHECKS_MOST
from ..querysets import outages_for
from ..uptime import history_of_each

RESULTS = 50


def kept(request: HttpRequest, uuid: UUID) -> Application:
    """The application, for who keeps it: 404 for what one does not see, 403 for what one does not keep."""
    seen = Application.objects.visible_to(request.user).select_related("space", "owner")
    found = get_object_or_404(seen, uuid=uuid)
    require(request.user, "applications.keep", found)
    return found


def _check(request: HttpRequest, uuid: UUID, check: UUID) -> Check:
    application = kept(request, uuid)
    found = get_object_or_404(Check.objects.visible_to(request.user), uuid=check, application=application)
    found.application = application
    return found


@require_safe
def health(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Whether it works: its checks, what they found, and the outage that lasts."""
    return health_page(request, kept(request, uuid))


def health_page(request: HttpRequest, application: Application, form: OutageForm | None = None) -> HttpResponse:
    """The page, with a form of its outage that may hold what was refused."""
    checks = list(Check.objects.visible_to(request.user).filter(application=application).in_order())
    for one in checks:
        one.application = application
    outage = next(iter(outages_for(request.user, application=application)), None)
    initial = {"note_fr": outage.note_fr, "note_en": outage.note_en} if outage else {}
    charts = charts_of(checks, timezone.now())
    context = {
        "application": application,
        "checks": [(one, charts.get(one.pk)) for one in checks],
        "is_full": len(checks) >= CHECKS_MOST,
        "most": CHECKS_MOST,
        "outage": outage,
        "outage_form": form or OutageForm(initial=initial),
        "history": history_of_each([application.pk]).get(application.pk),
        "network": network_trouble(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "applications/health/health.html", context, status=status)


@require_safe
def check(request: HttpRequest, uuid: UUID, check: UUID) -> HttpResponse:
    """One check: how it is, its day, what it found lately."""
    found = _check(request, uuid, check)
    context = {
        "application": found.application,
        "check": found,
        "chart": charts_of([found], timezone.now()).get(found.pk),
        "results": newest_of(found, RESULTS),
    }
    return render(request, "applications/health/check.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have something looked at."""
    application = kept(request, uuid)
    form = CheckForm(request.POST or None, initial={"address": application.address})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_check(application, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The check was added: it is made within seconds."))
            return redirect("applications:health", application.uuid)
    context = {"form": form, "application": application}
    return render(request, "applications/health/check_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_check(request: HttpRequest, uuid: UUID, check: UUID) -> HttpResponse:
    """Change a check."""
    found = _check(request, uuid, check)
    form = CheckForm(request.POST or None, initial={name: getattr(found, name) for name in SAID})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_check(found, form.cleaned_data, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The check was changed."))
            return redirect(found)
    context = {"form": form, "application": found.application, "check": found}
    return render(request, "applications/health/check_form.html", context, status=422 if form.errors else 200)


@require_POST
def check_now(request: HttpRequest, uuid: UUID, check: UUID) -> HttpResponse:
    """Have it looked at within seconds."""
    found = _check(request, uuid, check)
    try:
        actions.check_now(found, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("It is looked at within seconds: load the page again."))
    return redirect(found)


@require_POST
def pause_check(request: HttpRequest, uuid: UUID, check: UUID) -> HttpResponse:
    """Look no more, or again."""
    found = _check(request, uuid, check)
    resume = "resume" in request.POST
    try:
        actions.pause_check(found, actor=request.user, resume=resume)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("The check is at work again.") if resume else _("The check is paused."))
    return redirect(found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_check(request: HttpRequest, uuid: UUID, check: UUID) -> HttpResponse:
    """Delete a check with its history, once one has said yes."""
    found = _check(request, uuid, check)
    if request.method == "POST":
        actions.delete_check(found, actor=request.user)
        messages.success(request, _("The check was deleted."))
        return redirect("applications:health", found.application.uuid)
    context = {"check": found, "application": found.application}
    return render(request, "applications/health/delete_check.html", context)


@require_safe
def results(request: HttpRequest, uuid: UUID, check: UUID) -> StreamingHttpResponse:
    """All that is kept of a check, for a spreadsheet."""
    found = _check(request, uuid, check)
    response = StreamingHttpResponse(csv_of(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="check-{found.uuid}.csv"'
    return response


def blame(form: Any, error: ValidationError) -> None:
    """Put what the action found beside the fields."""
    for name, told in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        form.add_error(name if name in form.fields else None, told)
