"""The life of one application, and what was done to it: for those who keep it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.activity.models import Activity
from foundation.content.cursors import decode, page_of

from .. import actions
from ..activities import ACCESS_VERBS
from ..forms import AnnounceForm, ApplicationForm, MaintenanceForm, RetirementForm
from ..models import Application, Stage
from .register import FIELD_NAMES, blame, kept

EVENTS = 50
# What was done to the entry; who was let in is on its own page.
HISTORY = (Q(verb__startswith="applications.") & ~Q(verb__in=ACCESS_VERBS)) | Q(verb__startswith="content.")


@require_http_methods(["GET", "HEAD", "POST"])
def life(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where it is in its life, and the next steps; `do` names the one that is taken."""
    found = kept(request, uuid)
    step = request.POST.get("do", "") if request.method == "POST" else ""
    forms = _forms(request, found, step)
    if step and _taken(request, found, step, forms):
        return redirect("applications:life", uuid)
    has_errors = any(form.errors for form in forms.values())
    context = {
        "application": found,
        "stages": [(one.value, one.label) for one in Stage],
        "forms": forms,
        "is_in_maintenance": found.is_in_maintenance(),
    }
    return render(request, "applications/register/life.html", context, status=422 if has_errors else 200)


def _forms(request: HttpRequest, found: Application, step: str) -> dict[str, Any]:
    """The forms of the steps; the one that was sent holds what was typed."""

    def data(name: str) -> Any:
        return request.POST if step == name else None

    planned = {name: getattr(found, name) for name in MaintenanceForm.base_fields}
    retirement = {"retires_on": found.retires_on, "successor": found.successor and found.successor.uuid}
    return {
        "announce": AnnounceForm(data("announce"), initial={"service_from": found.service_from}, prefix=None),
        "maintenance": MaintenanceForm(data("maintenance"), initial=planned),
        "retirement": RetirementForm(data("retirement"), actor=request.user, application=found, initial=retirement),
    }


def _taken(request: HttpRequest, found: Application, step: str, forms: dict[str, Any]) -> bool:
    """Whether the step was taken; what it refuses is beside the fields."""
    form = forms.get(step)
    if form is not None and not form.is_valid():
        return False
    actor, data = request.user, form.cleaned_data if form is not None else {}
    try:
        if step == "announce":
            actions.announce(found, actor=actor, service_from=data["service_from"])
        elif step == "pilot":
            actions.start_pilot(found, actor=actor)
        elif step == "service":
            actions.put_in_service(found, actor=actor)
        elif step == "maintenance":
            begins, ends = data.pop("maintenance_from"), data.pop("maintenance_until")
            actions.plan_maintenance(found, actor=actor, begins=begins, ends=ends, **data)
        elif step == "end_maintenance":
            actions.end_maintenance(found, actor=actor)
        elif step == "retirement":
            actions.plan_retirement(found, actor=actor, **data)
        elif step == "retire":
            actions.retire(found, actor=actor)
        else:
            return False
    except ValidationError as error:
        if form is None:
            messages.error(request, " ".join(error.messages))
            return True
        blame(form, error)
        return False
    is_told = step not in ("announce", "pilot")
    messages.success(request, _("It is done, and those who see it are told.") if is_told else _("It is done."))
    return True


@require_safe
def history(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was done to an application, newest first, and what changed."""
    found = kept(request, uuid)
    done = Activity.objects.visible_to(request.user).filter(HISTORY, content_id=found.pk)
    cursor = decode(request.GET.get("before"))
    if cursor is not None:
        done = done.filter(Q(created__lt=cursor[0]) | Q(created=cursor[0], pk__lt=cursor[1]))
    rows = done.select_related("actor", "content", "space").order_by("-created", "-pk")
    page = page_of(rows, EVENTS, by="created")
    context = {"application": found, "events": [_event(one) for one in page.items], "next": page.next}
    return render(request, "applications/register/history.html", context)


def _event(one: Activity) -> dict[str, Any]:
    """What happened, and the fields that changed, with what they said where it is short."""
    values = one.data.get("values", {})
    changes = [_change(name, values.get(name)) for name in one.data.get("changed", [])]
    stages = [dict(Stage.choices).get(one.data.get(name, "")) for name in ("from", "to")]
    if all(stages) and stages[0] != stages[1]:
        changes.append({"label": _("Stage"), "was": stages[0], "now": stages[1]})
    if last_day := one.data.get("last_day"):
        changes.append({"label": _("Last day"), "was": "", "now": last_day})
    return {"activity": one, "changes": changes}


def _change(name: str, values: list[str] | None) -> dict[str, Any]:
    """One field, by the name the form gives it."""
    field = ApplicationForm.base_fields.get(FIELD_NAMES.get(name, name))
    label = field.label if field is not None else name
    if values is None:
        return {"label": label}
    was, now = (_worded(name, one) for one in values)
    return {"label": label, "was": was, "now": now or "—"}


def _worded(name: str, value: str) -> str:
    """A value as it is shown: the word of a choice, yes or no."""
    field: Any = Application._meta.get_field(name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if value in ("True", "False"):
        return _("yes") if value == "True" else _("no")
    return value
