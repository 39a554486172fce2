"""The org chart: a picture drawn here, browsed by links, and the same as a list."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from ..charts import Drawing, Picture, draw
from ..models import Unit
from ..trees import Node, lines_of, tree_of

ALL = "all"


@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """Of the whole city, or around `unit` (a uuid).

    `open`: codes of the branches that stand open, or "all"; `shut`: those closed again after "all". `view=list`: the
    same as a nested list.
    """
    tree = tree_of(request.user)
    center = _center(tree.by_id.values(), request.GET.get("unit", ""))
    roots = tree.roots
    if center is None and len(roots) == 1:
        center = roots[0]
    below = center.children if center else roots
    state = _State(request, center, below)
    is_list = request.GET.get("view") == "list"
    context: dict[str, Any] = {
        "center": center,
        "is_whole": center is None or center.parent is None,
        "is_list": is_list,
        "has_branches": any(one.children for one in below),
        "is_everything_open": all(
            node.unit.pk in state.opened for one in below for node in one.walk() if node.children
        ),
        "picture_url": state.url(),
        "list_url": state.url(view="list"),
        "all_url": state.url(open=ALL, shut=None, view="list" if is_list else None),
        "none_url": state.url(open=None, shut=None, view="list" if is_list else None),
    }
    if is_list:
        opened = state.opened | {one.unit.pk for one in ([center] if center else roots)}
        context["lines"] = lines_of([center] if center else roots, opened=opened)
    else:
        context["picture"] = _picture(center, below, state)
    return render(request, "directory/chart/chart.html", context)


def _center(nodes: Any, uuid: str) -> Node | None:
    """The unit asked for; None when none was. 404 for one that is not in the chart."""
    if not uuid:
        return None
    for node in nodes:
        if str(node.unit.uuid) == uuid:
            return node
    raise Http404


class _State:
    """Which branches stand open, and the addresses of the same chart with one more or one less of them."""

    def __init__(self, request: HttpRequest, center: Node | None, below: list[Node]) -> None:
        self.unit = request.GET.get("unit") or None
        branches = {node.unit.code: node for one in below for node in one.walk() if node.children}
        asked = _codes(request.GET.get("open", ""))
        # Codes are taken only as those of branches in sight.
        self.is_all = asked == [ALL]
        self.open = [one for one in asked if one in branches]
        self.shut = [one for one in _codes(request.GET.get("shut", "")) if one in branches]
        codes = [one for one in branches if one not in self.shut] if self.is_all else self.open
        self.opened = {branches[one].unit.pk for one in codes}
        self.is_everything_open = len(self.opened) == len(branches)

    def url(self, **changes: str | None) -> str:
        now = {
            "unit": self.unit,
            "open": ALL if self.is_all else ",".join(self.open),
            "shut": ",".join(self.shut) if self.is_all else None,
            **changes,
        }
        query = urlencode({name: value for name, value in now.items() if value}, safe=",")
        return reverse("directory:chart") + (f"?{query}" if query else "")

    def toggled(self, node: Node) -> str:
        """The same chart with this branch open where it was closed, or closed where it was open."""
        code, is_open = node.unit.code, node.unit.pk in self.opened
        if self.is_all:
            shut = [*self.shut, code] if is_open else [one for one in self.shut if one != code]
            return self.url(shut=",".join(shut))
        opened = [one for one in self.open if one != code] if is_open else [*self.open, code]
        return self.url(open=",".join(opened))


def _codes(text: str) -> list[str]:
    return [one for one in text[:8000].split(",") if one]


def _picture(center: Node | None, below: list[Node], state: _State) -> Picture:
    titles = dict(Unit.Kind.choices) | {
        Unit.Kind.BOROUGH: _("Boroughs"),
        Unit.Kind.SERVICE: _("Services"),
        Unit.Kind.DIVISION: _("Divisions"),
        Unit.Kind.CABINET: _("Cabinets"),
    }
    drawing = Drawing(
        opened=state.opened,
        away=pgettext("head", "away"),
        acting=pgettext("head", "Acting").lower(),
        vacant=_("Vacant position"),
        title_of=lambda kind: titles.get(kind, ""),
    )
    picture = draw(center, below, drawing)
    for box in picture.boxes:
        if box.is_open is not None:
            box.toggle_url = state.toggled(box.node)
    return picture
