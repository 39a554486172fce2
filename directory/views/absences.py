"""Absences of a person, entered by themselves or their manager."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.audiences.policies import require
from foundation.ui import dates
from foundation.ui.forms import blame

from .. import actions
from ..forms import AbsenceForm
from ..models import Absence, Person
from ..privacy import may_read

# Those that are over are shown as a reminder, not as a register.
PAST = 5


def _person(request: HttpRequest, uuid: UUID) -> Person:
    """SECURITY: 404 for whom one may not see, 403 for whose absences one may not change, and so not read here."""
    person = get_object_or_404(Person.objects.visible_to(request.user).with_unit(), uuid=uuid)
    require(request.user, "directory.change_absences", person)
    return person


@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list, and the form to enter one."""
    person = _person(request, uuid)
    form = AbsenceForm(request.POST or None, reader=request.user, initial={"starts": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            absence = actions.enter_absence(person, **form.cleaned_data, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The absence was entered."))
            _warn(request, absence)
            return redirect("directory:absences", uuid=uuid)
    today = timezone.localdate()
    found = person.absences.select_related("replacement")
    context = {
        "person": person,
        "is_me": person.pk == request.user.pk,
        "form": form,
        "coming": found.not_over(),
        "past": found.filter(ends__lt=today).order_by("-ends", "-pk")[:PAST],
        "today": today,
    }
    return render(request, "directory/absences.html", context, status=422 if form.errors else 200)


def _warn(request: HttpRequest, absence: Absence) -> None:
    """Say that who stands in is away too, if the reader may know."""
    stand_in: Any = absence.replacement
    # SECURITY: naming somebody as a replacement must not tell when they are away.
    if stand_in is None or not may_read(request.user, stand_in, "absences"):
        return
    away = stand_in.absences.overlapping(absence.starts, absence.ends).order_by("starts").first()
    if away is None:
        return
    values = {"name": stand_in.name, "starts": dates.day(away.starts), "ends": dates.day(away.ends or away.starts)}
    if away.ends:
        text = _("%(name)s is away too, from %(starts)s to %(ends)s.") % values
    else:
        text = _("%(name)s is away too, from %(starts)s until further notice.") % values
    messages.warning(request, text)


def _absence(request: HttpRequest, uuid: UUID, absence: UUID) -> Absence:
    person = _person(request, uuid)
    found: Absence = get_object_or_404(person.absences.all(), uuid=absence)
    found.person = person
    return found


@require_POST
def end_absence(request: HttpRequest, uuid: UUID, absence: UUID) -> HttpResponse:
    """They are back."""
    actions.end_absence(_absence(request, uuid, absence), actor=request.user)
    messages.success(request, _("The absence has ended: the page shows it no more."))
    return redirect("directory:absences", uuid=uuid)


@require_POST
def delete_absence(request: HttpRequest, uuid: UUID, absence: UUID) -> HttpResponse:
    """It was entered by mistake."""
    actions.delete_absence(_absence(request, uuid, absence), actor=request.user)
    messages.success(request, _("The absence was deleted."))
    return redirect("directory:absences", uuid=uuid)
