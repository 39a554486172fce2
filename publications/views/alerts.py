"""Pages of alerts, and the banner on every page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.activity.actions import mark_content_read
from foundation.activity.models import Activity
from foundation.audiences.policies import Denied, Refused, ask, require
from foundation.audiences.principals import label_of
from foundation.content.cursors import decode, page_of
from foundation.spaces.querysets import edited_space_ids

from ..actions import alerts as actions
from ..activities import ALERT_VERBS
from ..banners import banner_of, render_banner
from ..forms.alerts import AlertForm
from ..models import Alert, Site
from ..policies.alerts import own_principals

PAGE = 20
CURRENT = 50


def _sites(request: HttpRequest) -> list[Site]:
    """The sites from which I may raise an alert."""
    mine = Site.objects.visible_to(request.user).with_space().filter(space_id__in=edited_space_ids(request.user))
    return [
        one for one in mine.order_by("-is_city", "space__name_fr") if ask(request.user, "publications.raise_alert", one)
    ]


def _alert(request: HttpRequest, uuid: UUID) -> Alert:
    return get_object_or_404(Alert.objects.visible_to(request.user).for_page(), uuid=uuid)


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Those that last now, for everyone; what is to come and what was, for those who may raise them."""
    person = request.user
    visible = Alert.objects.visible_to(person).with_row()
    editable = visible.raised_by_sites_of(person) if edited_space_ids(person) else None
    current = visible.current().with_put_away(person).most_severe_first()[:CURRENT]
    context: dict[str, Any] = {"current": current, "sites": _sites(request) if editable is not None else []}
    if editable is not None and context["sites"]:
        past = editable.filter(state="archived").before(decode(request.GET.get("before"))).newest_first()
        context |= {
            "to_come": editable.filter(state="draft").order_by("starts", "pk")[:CURRENT],
            "past": page_of(past, PAGE),
        }
    return render(request, "publications/alerts/alerts.html", context)


@require_safe
def alert(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One alert; with what was done to it, for those who may change it."""
    found = _alert(request, uuid)
    mark_content_read(found, actor=request.user)
    is_editor = found.space_id in edited_space_ids(request.user)
    history = Activity.objects.visible_to(request.user).filter(content_id=found.pk, verb__in=ALERT_VERBS)
    context = {
        "alert": found,
        "audience": [label_of(one) for one in sorted(own_principals(found))] if is_editor else [],
        "can_change": ask(request.user, "publications.change_alert", found),
        "history": history.select_related("actor", "content", "space").order_by("created", "pk") if is_editor else [],
    }
    return render(request, "publications/alerts/alert.html", context)


def _wording(data: dict[str, Any]) -> actions.Wording:
    return actions.Wording(**{name: data[name] for name in actions.Wording.__dataclass_fields__})


def _rest(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data.get(name) for name in ("severity", "starts", "ends", "audience")}


def _saved(form: AlertForm, save: Any) -> bool:
    """Whether it was done; what the action refuses comes back in the form, where nothing typed is lost."""
    try:
        save(form.cleaned_data)
    except Refused as refusal:
        form.add_error("audience", str(refusal.reason))
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors


@require_http_methods(["GET", "HEAD", "POST"])
def new_alert(request: HttpRequest) -> HttpResponse:
    """Raise an alert."""
    sites = _sites(request)
    if not sites:
        raise Refused(Denied(_("Only the editors of a site may raise an alert.")))
    choices = [(str(one.space.uuid), one.space.name) for one in sites]
    form = AlertForm(request.POST or None, author=request.user, sites=choices, initial={"site": choices[0][0]})
    if request.method == "POST" and form.is_valid():

        def save(data: dict[str, Any]) -> None:
            site = next(one for one in sites if str(one.space.uuid) == data["site"])
            made = actions.raise_alert(
                site, _wording(data), actor=request.user, sending_key=data["sending_key"], **_rest(data)
            )
            messages.success(
                request, _("The alert is scheduled.") if made.is_to_come else _("The alert is in view of its audience.")
            )

        if _saved(form, save):
            return redirect("publications:alerts")
    return render(request, "publications/alerts/alert_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_alert(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change an alert."""
    found = _alert(request, uuid)
    require(request.user, "publications.change_alert", found)
    choices = [(str(found.space.uuid), found.space.name)]
    initial = {
        "site": choices[0][0],
        "severity": found.severity,
        "title_fr": found.title,
        "title_en": found.title_translated,
        "body_fr": found.body,
        "body_en": found.body_translated,
        "link": found.link,
        "link_label_fr": found.link_label,
        "link_label_en": found.link_label_translated,
        "starts": found.starts,
        "ends": found.ends,
        "audience": own_principals(found),
    }
    form = AlertForm(
        request.POST or None, author=request.user, sites=choices, has_begun=not found.is_to_come, initial=initial
    )
    if request.method == "POST" and form.is_valid():

        def save(data: dict[str, Any]) -> None:
            actions.change_alert(found, _wording(data), actor=request.user, **_rest(data))

        if _saved(form, save):
            return redirect(found)
    context = {"form": form, "alert": found}
    return render(request, "publications/alerts/alert_form.html", context, status=422 if form.errors else 200)


@require_POST
def end_alert(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End an alert now."""
    found = _alert(request, uuid)
    actions.end_alert(found, actor=request.user)
    messages.success(request, _("The alert “%(title)s” is over.") % {"title": found.display_title})
    return redirect("publications:alerts")


@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """The banner alone, for a page that was away from the line."""
    return HttpResponse(render_banner(banner_of(request.user)))


@require_POST
def put_away(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I no longer want to see this banner. In place, it can be undone."""
    found = _alert(request, uuid)
    actions.put_away(found, actor=request.user)
    if request.htmx:
        return HttpResponse(render_banner(banner_of(request.user), put_away=found))
    messages.success(request, _("The alert is hidden. You find it again among the alerts."))
    return _back(request)


@require_POST
def show_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show me this banner again."""
    found = _alert(request, uuid)
    actions.show_again(found, actor=request.user)
    if request.htmx:
        return HttpResponse(render_banner(banner_of(request.user)))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page one was on. SECURITY: of this portal only."""
    wanted = request.POST.get("next", "")
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if is_safe else "publications:alerts")
