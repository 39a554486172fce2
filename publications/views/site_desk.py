"""Looking after a site, outside the desk: opening one, its settings and members, its pages to review, its problems,
what was put away, and the news it proposes to the city."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import Person
from foundation.audiences.policies import require
from foundation.content.models import State
from foundation.files.models import Attachment
from foundation.spaces import actions as space_actions
from foundation.spaces.models import Membership

from ..actions import news, pages, sites
from ..forms.sites import NewSiteForm, PageSettingsForm, SiteMemberForm, SiteSettingsForm
from ..models import CityProposal, Notice, PageContent, PageProblem, Site

AHEAD = timedelta(days=60)
ROWS = 100


def _site(request: HttpRequest, slug: str, rule: str = "publications.edit_site") -> Site:
    """A site one may look after. SECURITY: 404 for who does not read it, 403 for who only reads it."""
    site = get_object_or_404(Site.objects.visible_to(request.user).with_space(), space__slug=slug)
    require(request.user, rule, site)
    return site


def _tabs(site: Site, current: str) -> list[dict[str, Any]]:
    tabs = [("site_pages", _("Pages")), ("site_problems", _("Problems")), ("site_news", _("News for the City"))]
    if site.is_city:
        tabs[2] = ("site_proposals", _("Proposed to the City"))
    tabs.append(("site_settings", _("Settings")))
    return [
        {"label": label, "url": reverse(f"publications:{name}", args=[site.space.slug]), "is_current": name == current}
        for name, label in tabs
    ]


def _page_rows(request: HttpRequest, site: Site, *states: str) -> Any:
    rows = PageContent.objects.in_space(site.space).visible_to(request.user).filter(state__in=states)
    return rows.select_related("space", "page", "owner")


@require_http_methods(["GET", "HEAD", "POST"])
def new_site(request: HttpRequest) -> HttpResponse:
    """Open a site."""
    require(request.user, "publications.create_site", None)
    form = NewSiteForm(request.POST or None, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            site = sites.create_site(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The site is open. Name its editors, then let them complete its pages."))
            return redirect("publications:site_settings", slug=site.space.slug)
    context = {"form": form}
    return render(request, "publications/sites/new_site.html", context, status=422 if form.errors else 200)


@require_safe
def site_pages(request: HttpRequest, slug: str) -> HttpResponse:
    """The pages of a site with who looks after them, those to review first, and what was put away."""
    site = _site(request, slug)
    review = timezone.localdate() + AHEAD
    rows = _page_rows(request, site, State.PUBLISHED, State.DRAFT).with_signs().in_tree_order()
    trashed = PageContent.objects.in_space(site.space).trashed_for(request.user).select_related("page", "owner")
    context = {
        "site": site,
        "tabs": _tabs(site, "site_pages"),
        "to_review": list(_page_rows(request, site, State.PUBLISHED).to_review(review)[:ROWS]),
        "rows": list(rows[:ROWS]),
        "archived": list(_page_rows(request, site, State.ARCHIVED).in_tree_order()[:ROWS]),
        "trashed": list(trashed.in_tree_order()[:ROWS]),
    }
    return render(request, "publications/sites/site_pages.html", context)


@require_safe
def site_problems(request: HttpRequest, slug: str) -> HttpResponse:
    """What readers reported, open ones first."""
    site = _site(request, slug)
    rows = PageProblem.objects.visible_to(request.user).in_space(site.space).for_rows().newest_first()
    context = {
        "site": site,
        "tabs": _tabs(site, "site_problems"),
        "waiting": list(rows.open()[:ROWS]),
        "closed": list(rows.filter(closed__isnull=False)[:20]),
    }
    return render(request, "publications/sites/site_problems.html", context)


@require_POST
def close_problem(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A problem is dealt with."""
    found = get_object_or_404(PageProblem.objects.visible_to(request.user).for_rows(), uuid=uuid)
    pages.close_problem(found, actor=request.user, answer=request.POST.get("answer", ""))
    messages.success(request, _("The problem is closed; whoever reported it is told."))
    return redirect("publications:site_problems", slug=found.content.space.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def site_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Names and policy of a site, and its members."""
    site = _site(request, slug, "publications.manage_site")
    space = site.space
    fields = ("name_fr", "name_en", "description_fr", "description_en")
    initial = {
        **{name: getattr(space, name) for name in fields},
        **{name: getattr(site, name) for name in ("code", "languages", "four_eyes", "managers_draft")},
    }
    form = SiteSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        names = {name: data.pop(name) for name in fields}
        try:
            sites.change_site(site, actor=request.user, **data)
            space_actions.describe(space, actor=request.user, **names)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("publications:site_settings", slug=slug)
    return _settings_page(request, site, form, SiteMemberForm(reader=request.user))


def _settings_page(request: HttpRequest, site: Site, form: SiteSettingsForm, members: SiteMemberForm) -> HttpResponse:
    named = Membership.objects.visible_to(request.user).filter(space=site.space).of_people().for_rows()
    held = Membership.objects.visible_to(request.user).filter(space=site.space, person__isnull=True)
    context = {
        "site": site,
        "tabs": _tabs(site, "site_settings"),
        "form": form,
        "member_form": members,
        "members": named.order_by("-role", "person__search_name", "pk"),
        "held": [{"label": sites.label_of(one.principal), "role": one.get_role_display()} for one in held],
    }
    bad = form.errors or members.errors
    return render(request, "publications/sites/site_settings.html", context, status=422 if bad else 200)


@require_POST
def add_members(request: HttpRequest, slug: str) -> HttpResponse:
    """Name people in a site, or change their role."""
    site = _site(request, slug, "publications.manage_site")
    members = SiteMemberForm(request.POST, reader=request.user)
    if members.is_valid():
        for person in members.cleaned_data["people"]:
            space_actions.add_member(site.space, person, members.cleaned_data["role"], actor=request.user)
        return redirect("publications:site_settings", slug=slug)
    initial = {name: getattr(site.space, name) for name in ("name_fr", "name_en", "description_fr", "description_en")}
    initial |= {name: getattr(site, name) for name in ("code", "languages", "four_eyes", "managers_draft")}
    return _settings_page(request, site, SiteSettingsForm(initial=initial), members)


@require_POST
def remove_member(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Take somebody out of a site."""
    site = _site(request, slug, "publications.manage_site")
    person = get_object_or_404(Person.objects.visible_to(request.user), uuid=uuid)
    space_actions.remove_member(site.space, person, actor=request.user)
    return redirect("publications:site_settings", slug=slug)


# -- One page --------------------------------------------------------------------------------------------------------


def _edited(request: HttpRequest, uuid: UUID) -> PageContent:
    """A page one looks after, whatever its state. SECURITY: 404 for who does not see it, 403 for who only reads it."""
    seen = PageContent.objects.visible_to(request.user).for_page().filter(uuid=uuid).first()
    if seen is None:
        seen = get_object_or_404(PageContent.objects.trashed_for(request.user).for_page(), uuid=uuid)
    require(request.user, "publications.edit_page", seen)
    return seen


@require_http_methods(["GET", "HEAD", "POST"])
def page_settings(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who answers for a page, until when it was checked, its files."""
    content = _edited(request, uuid)
    initial = {"owner": content.owner, "review_due": content.review_due, "contact": content.contact}
    form = PageSettingsForm(request.POST or None, reader=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            pages.describe_page(content, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("publications:page_settings", uuid=uuid)
    context = {
        "content": content,
        "site": content.space.site,
        "form": form,
        "attachments": Attachment.objects.visible_to(request.user).on(content).select_related("blob"),
    }
    return render(request, "publications/sites/page_settings.html", context, status=422 if form.errors else 200)


@require_POST
def confirm_review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The page is still right."""
    content = _edited(request, uuid)
    pages.confirm_review(content, actor=request.user)
    messages.success(request, _("The page is reviewed: it is good for a year."))
    return redirect("publications:site_pages", slug=content.space.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def page_put_away(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Archive a page or put it in the trash, with those below it."""
    content = _edited(request, uuid)
    below = PageContent.objects.in_space(content.space).visible_to(request.user).under(content.page)
    if request.method == "POST":
        if request.POST.get("where") == "trash":
            count = pages.trash_page(content, actor=request.user)
            messages.success(request, _("In the trash: %(count)s. You may restore it below.") % {"count": count})
        else:
            count = pages.archive_page(content, actor=request.user)
            messages.success(request, _("Archived: %(count)s. You may restore it below.") % {"count": count})
        return redirect("publications:site_pages", slug=content.space.slug)
    context = {"content": content, "site": content.space.site, "below": below.count() - 1}
    return render(request, "publications/sites/page_put_away.html", context)


@require_POST
def restore_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Back from the archive or the trash."""
    content = _edited(request, uuid)
    pages.restore_page(content, actor=request.user)
    messages.success(request, _("“%(title)s” is back.") % {"title": content.display_title})
    return redirect("publications:site_pages", slug=content.space.slug)


# -- News for the whole city -----------------------------------------------------------------------------------------


@require_safe
def site_news(request: HttpRequest, slug: str) -> HttpResponse:
    """A site's published news, and what became of what it proposed to the city."""
    site = _site(request, slug)
    rows = Notice.objects.in_space(site.space).visible_to(request.user).in_force().select_related("city_proposal")
    context = {
        "site": site,
        "tabs": _tabs(site, "site_news"),
        "rows": list(rows.with_desk_row().select_related("city_proposal").order_by("-published", "-pk")[:ROWS]),
    }
    return render(request, "publications/sites/site_news.html", context)


@require_POST
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose a notice to the whole city."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user).with_row(), uuid=uuid)
    try:
        news.propose_to_city(notice, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The City's editors are asked."))
    return redirect("publications:site_news", slug=notice.space.slug)


@require_safe
def site_proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """What the sites propose to the city, for its editors."""
    site = _site(request, slug)
    require(request.user, "publications.decide_proposal", None)
    rows = CityProposal.objects.visible_to(request.user).for_rows().newest_first()
    context = {
        "site": site,
        "tabs": _tabs(site, "site_proposals"),
        "waiting": list(rows.waiting()[:ROWS]),
        "decided": list(rows.exclude(state=CityProposal.State.WAITING)[:20]),
    }
    return render(request, "publications/sites/site_proposals.html", context)


@require_POST
def decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep a proposed notice for the whole city, or not."""
    proposal = get_object_or_404(CityProposal.objects.visible_to(request.user).for_rows(), uuid=uuid)
    if request.POST.get("decision") == "accept":
        news.accept_proposal(proposal, actor=request.user)
    else:
        news.decline_proposal(proposal, actor=request.user, reason=request.POST.get("reason", ""))
    city = Site.objects.visible_to(request.user).with_space().filter(is_city=True).first()
    return redirect("publications:site_proposals", slug=city.space.slug) if city else redirect("publications:sites")
