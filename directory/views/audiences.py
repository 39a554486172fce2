"""The fragments of composing an audience: the builder and the audience field, while one works. Nothing is written."""

import re
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from foundation.audiences.policies import require

from ..forms.audience_builder import AudienceBuilder
from ..forms.audiences import AudienceField, kept_in
from ..forms.choices import uuid_or_none
from ..models import Group


def _builder(request: HttpRequest) -> AudienceBuilder:
    """The builder of the form that was sent. SECURITY: for those who may make groups, or change this one."""
    rule: Any = None
    if uuid := uuid_or_none(request.POST.get("audience-group", "")):
        group = get_object_or_404(Group.objects.visible_to(request.user), uuid=uuid)
        require(request.user, "directory.change_group", group)
        rule = group.rule
    else:
        require(request.user, "directory.create_group", None)
    return AudienceBuilder(request.POST, author=request.user, rule=rule)


@require_POST
def builder(request: HttpRequest) -> HttpResponse:
    """The whole builder after one of its buttons was pressed."""
    context = {"builder": _builder(request), "group_uuid": request.POST.get("audience-group", "")}
    return render(request, "directory/audience_builder/audience_builder.html", context)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Whom the rule describes, as it stands in the form."""
    return render(request, "directory/audience_builder/preview.html", {"builder": _builder(request)})


@require_POST
def field(request: HttpRequest) -> HttpResponse:
    """The audience field `?name=` after a choice: boxes, and how many people it reaches."""
    name = request.GET.get("name", "")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
        raise BadRequest("name")
    one = AudienceField()
    one.widget.author, one.widget.kept = request.user, kept_in(request.POST.get(f"{name}-kept", ""), request.user)
    draft = one.widget.value_from_datadict(request.POST, {}, name)
    return HttpResponse(one.widget.render(name, draft, {"id": f"id_{name}"}))
