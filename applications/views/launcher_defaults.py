"""What is put in the launcher of everyone, of elected officials, or of a unit; and the keys of counts."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from directory.models import Position, Unit
from foundation.audiences.policies import Denied, Refused, require
from foundation.audiences.principals import label_of
from foundation.spaces.querysets import edited_space_ids

from .. import actions
from ..forms.launcher import DefaultForm
from ..models import Application, BadgeKey, LauncherDefault


class Reach:
    """What one person may put where: every application of the registers they edit, for anybody; any they see, for the
    units they lead and those below."""

    def __init__(self, person: Any) -> None:
        self.person = person
        self.applications = list(
            Application.objects.visible_to(person).published().exclude(stage="retired").select_related("space")
        )
        edited = set(edited_space_ids(person))
        self.is_editor = any(one.space_id in edited for one in self.applications)
        units = Unit.objects.visible_to(person).active().for_tree()
        if not (self.is_editor or person.is_staff):
            mine = Position.objects.visible_to(person).current().heads().filter(person_id=person.pk)
            paths = list(mine.values_list("unit__path", flat=True))
            below = Q(pk__in=[])
            for path in paths:
                below |= Q(path__startswith=path)
            units = units.filter(below)
        self.units = list(units)

    def holds(self, row: LauncherDefault) -> bool:
        """Whether the row is theirs to change."""
        edited = set(edited_space_ids(self.person))
        return row.application.space_id in edited or row.principal in self.principals

    @property
    def principals(self) -> frozenset[str]:
        return frozenset(f"unit:{one.pk}" for one in self.units)


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: HttpRequest) -> HttpResponse:
    """What stands in the launcher of others, as far as I may change it; and one more."""
    reach = Reach(request.user)
    if not (reach.is_editor or reach.units):
        raise Refused(Denied(_("This is for the editors of the register and for those who lead a unit.")))
    form = DefaultForm(
        request.POST or None, applications=reach.applications, units=reach.units, for_all=reach.is_editor
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.place_default(
                values["application"], values["principal"], actor=request.user, is_forced=values["is_forced"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("It stands in their launcher from now on."))
            return redirect("applications:defaults")
    context = {"form": form, "groups": _groups(reach)}
    return render(request, "applications/launcher/defaults.html", context, status=422 if form.errors else 200)


@require_POST
def move_default(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    step = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    actions.move_default(_default(request, pk), step, actor=request.user)
    return redirect("applications:defaults")


@require_POST
def withdraw_default(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer in their launcher."""
    actions.withdraw_default(_default(request, pk), actor=request.user)
    messages.success(request, _("It no longer stands in their launcher. Who moved it keeps it."))
    return redirect("applications:defaults")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def badge_key(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The key by which an application sends its counts: made, shown once, renewed, withdrawn."""
    found = get_object_or_404(Application.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    require(request.user, "applications.keep", found)
    secret = ""
    if request.method == "POST":
        if request.POST.get("act") == "withdraw":
            actions.withdraw_badge_key(found, actor=request.user)
            messages.success(request, _("The key was withdrawn, and the counts are gone."))
            return redirect("applications:badge_key", found.uuid)
        secret = actions.make_badge_key(found, actor=request.user)
    context = {
        "application": found,
        "key": BadgeKey.objects.of(found).first(),
        "secret": secret,
        "request_line": f"PUT {settings.SITE_URL}{reverse('api:badges', args=[found.uuid])}",
    }
    return render(request, "applications/launcher/badge_key.html", context)


def _default(request: HttpRequest, pk: int) -> LauncherDefault:
    """One that I may change. SECURITY: of another, not even that it exists is told."""
    found = LauncherDefault.objects.visible_to(request.user).select_related("application__space").filter(pk=pk).first()
    if found is None or not Reach(request.user).holds(found):
        raise Http404
    return found


def _groups(reach: Reach) -> list[tuple[str, list[LauncherDefault]]]:
    rows = LauncherDefault.objects.visible_to(reach.person).select_related("application__space").in_order()
    mine = [one for one in rows if reach.holds(one)]
    by_principal = groupby(mine, key=lambda one: one.principal)
    return [(label_of(key), list(found)) for key, found in by_principal]
