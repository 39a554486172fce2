"""People suggested while somebody types, in the header's box and in fields where a person is chosen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ..finding import find

MOST = 8
LONGEST = 100


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """At most eight people for `q`, as options of a list. `for=picker`: to be chosen, not opened."""
    q = request.GET.get("q", "").strip()[:LONGEST]
    found = find(request.user, q, limit=MOST, with_unit=False).people if q else []
    is_picker = request.GET.get("for") == "picker"
    address = "" if is_picker or not q else f"{reverse('directory:people')}?{urlencode({'q': q})}"
    context = {"people": found, "is_picker": is_picker, "all_url": address, "q": q}
    return render(request, "directory/_people_suggestions.html", context)
