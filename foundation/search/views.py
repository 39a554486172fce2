"""The results page, the suggestions of the box, and the description by which a browser searches the portal.

SECURITY: nothing here keeps what was searched, and by whom.
"""

import re
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .facets import Asked, facets_of
from .search import LONGEST, MOST_HITS, ORDERS, Results, search
from .suggestions import MOST_RECENT, suggestions_for

PAGE = 20
ORDER_NAMES = {"relevance": _("Most relevant"), "newest": _("Newest"), "oldest": _("Oldest"), "title": _("By title")}
_RECENT = re.compile(r"([a-z_]{1,20}):([0-9a-f-]{36})")


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What I may see of what I ask for, twenty at a time."""
    q = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST]
    order = request.GET.get("order", "")
    order = order if order in ORDERS and order != "relevance" else ""
    after = request.GET.get("after", "")
    if after and (not after.isdecimal() or len(after) > 6 or int(after) > MOST_HITS):
        # A damaged link starts over.
        return redirect("search:results")
    asked = Asked.read(request.GET, request.user)
    if asked.unknown:
        found = Results()
    elif q or asked.given:
        found = search(request.user, q, asked.filters, order=order or "relevance", offset=int(after or 0), limit=PAGE)
    else:
        return render(request, "search/results.html", {"asked": asked})
    response = render(request, "search/results.html", _context(request, q, order, asked, found))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: HttpRequest, q: str, order: str, asked: Asked, found: Results) -> dict[str, Any]:
    path = reverse("search:results")
    chosen = order or ("relevance" if q else "newest")
    orders = [
        {"label": label, "url": asked.address(path, q, "" if key == "relevance" else key), "is_chosen": key == chosen}
        for key, label in ORDER_NAMES.items()
        if q or key != "relevance"
    ]
    without = {name: asked.address(path, q, order, **{name: ""}) for name in asked.named}
    chips = [{"label": label, "url": without[name]} for name, label in asked.named.items()]
    return {
        "q": q,
        "order": order,
        "asked": asked,
        "found": found,
        "chips": chips,
        "plain_url": f"{path}?{urlencode({'q': q})}" if q else path,
        "orders": orders,
        "facets": facets_of(found.facets, asked, request.user, path=path, q=q, order=order),
        "more": asked.address(path, q, order, after=str(found.next)) if found.next else "",
        "people_url": f"{reverse('directory:people')}?{urlencode({'q': q})}",
        "exact_url": asked.address(path, _quoted(q), order) if " " in q and '"' not in q else "",
    }


def _quoted(q: str) -> str:
    return f'"{q}"'


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Options for the box. `recent`: what the browser remembers that fits, "topic:<uuid>,person:<uuid>"."""
    q = request.GET.get("q", "").replace("\0", " ").strip()
    recent = [(kind, UUID(key)) for kind, key in _RECENT.findall(request.GET.get("recent", "")[:1000])[:MOST_RECENT]]
    groups = suggestions_for(request.user, q, recent)
    all_url = f"{reverse('search:results')}?{urlencode({'q': q})}" if q else ""
    return render(request, "search/_suggestions.html", {"groups": groups, "all_url": all_url, "q": q})


@login_not_required
@require_safe
@cache_control(public=True, max_age=86400)
def description(request: HttpRequest) -> HttpResponse:
    """OpenSearch 1.1: a browser adds the portal to its search engines. It says nothing that is not public."""
    address = request.build_absolute_uri(reverse("search:results"))
    kind = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "search/opensearch.xml", {"address": address}, content_type=kind)
