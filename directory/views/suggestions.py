"""People suggested while somebody types, in the header's box and in fields where a person is chosen; and, where
something is shared, units, groups and communities with them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from foundation.audiences.principals import Known, named_by

from ..finding import find
from ..forms.choices import principal_choices
from ..querysets import folded

MOST = 8
# Units, groups and communities before people: so that none hides the others.
MOST_NAMED = 3
LONGEST = 100


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """At most eight people for `q`, as options of a list. `for=picker`: to be chosen, not opened; `for=sharing`: what
    else may be addressed too."""
    q = request.GET.get("q", "").strip()[:LONGEST]
    if request.GET.get("for") == "sharing":
        found = _addressed(request.user, q) if q else []
        return render(request, "directory/_principal_suggestions.html", {"found": found})
    found = find(request.user, q, limit=MOST, with_unit=False).people if q else []
    is_picker = request.GET.get("for") == "picker"
    address = "" if is_picker or not q else f"{reverse('directory:people')}?{urlencode({'q': q})}"
    context = {"people": found, "is_picker": is_picker, "all_url": address, "q": q}
    return render(request, "directory/_people_suggestions.html", context)


def _addressed(reader: Any, q: str) -> list[Known]:
    """Units, groups and communities whose name holds every word of `q`, and people; first what begins so."""
    words = folded(q.replace("\0", " ")).split()
    choices = [(folded(f"{one.label} {one.name}"), one.value) for one in principal_choices(reader)] if words else []
    named = [(text, key) for text, key in choices if all(word in text for word in words)]
    first = [key for text, key in named if text.startswith(words[0])][:MOST_NAMED]
    people = [f"person:{one.uuid}" for one in find(reader, q, limit=MOST - len(first), with_unit=False).people]
    keys = [*first, *people, *(key for _text, key in named if key not in first)]
    found = named_by(reader, keys[:MOST])
    return [found[one] for one in keys[:MOST] if one in found]
