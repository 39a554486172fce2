"""People: finding one, and what the city may know of them."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..models import Person, Unit

PAGE = 30
REPORTS = 12


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody in name order, or those whose name contains every word of `q`; thirty at a time."""
    q = request.GET.get("q", "").strip()[:100]
    found = Person.objects.visible_to(request.user).matching(q).with_unit()
    try:
        page, after = found.name_page(PAGE, request.GET.get("after"))
    except ValueError:
        # A damaged link starts over.
        return redirect("directory:people")
    more = f"{reverse('directory:people')}?{urlencode({'q': q, 'after': after})}" if after else ""
    return render(request, "directory/people.html", {"people": page, "q": q, "more": more})


@require_safe
def person(request: HttpRequest, uuid: str) -> HttpResponse:
    """One person: how to reach them, where they belong, who is above and below."""
    shown = get_object_or_404(Person.objects.visible_to(request.user).with_unit(), uuid=uuid)
    units = Unit.objects.visible_to(request.user).leading_to(shown.unit) if shown.unit else []
    reports = Person.objects.visible_to(request.user).reporting_to(shown).with_unit().in_name_order()[: REPORTS + 1]
    # SECURITY: an external sees nobody else, not even above themselves.
    manager = Person.objects.visible_to(request.user).with_unit().filter(pk=shown.manager_id).first()
    context = {
        "person": shown,
        "units": list(units),
        "manager": manager,
        "reports": list(reports[:REPORTS]),
        "has_more_reports": len(reports) > REPORTS,
        "is_me": shown == request.user,
    }
    return render(request, "directory/person.html", context)
