"""The launcher."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.audiences.policies import ask

from ..models import Application


@require_safe
def launcher(request: HttpRequest) -> HttpResponse:
    """All my applications, by category."""
    order = list(Application.Category.values)
    rows = sorted(
        Application.objects.visible_to(request.user).published().in_launcher_order(),
        key=lambda one: order.index(one.category),
    )
    groups = [(Application.Category(key).label, list(found)) for key, found in groupby(rows, lambda one: one.category)]
    keeps = ask(request.user, "applications.keep_register", None)
    return render(request, "applications/launcher.html", {"groups": groups, "keeps_register": keeps})
