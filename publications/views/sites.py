"""Sites as people read them: the list, the pages, what they say of a page, the images. SECURITY: the only way to a page
or an image; Wagtail serves neither."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from directory.models import Unit
from directory.querysets import folded
from foundation.activity.actions import mark_content_read
from foundation.audiences.policies import ask
from foundation.content.models import State
from foundation.spaces.querysets import my_space_ids, readable_space_ids

from ..actions import pages as actions
from ..blocks.loading import Reading
from ..blocks.reading import read_blocks
from ..forms.sites import ProblemForm
from ..menus import menu_of, steps_to
from ..models import PageContent, Site, SiteImage
from ..models.images import WIDTHS, width_spec
from ..pairs import NAMES


@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """All sites, mine first."""
    found = sorted(Site.objects.visible_to(request.user).with_space(), key=lambda one: folded(one.space.name))
    mine = set(my_space_ids(request.user))
    shown = [one for one in found if one.root_page_id]
    groups = [
        {"title": _("My sites"), "sites": [one for one in shown if one.space_id in mine]},
        {"title": _("City"), "sites": [one for one in shown if one.is_city]},
        {"title": _("Boroughs"), "sites": [one for one in shown if one.unit.kind == Unit.Kind.BOROUGH]},
        {
            "title": _("Services"),
            "sites": [one for one in shown if not one.is_city and one.unit.kind != Unit.Kind.BOROUGH],
        },
    ]
    context = {
        "groups": [one for one in groups if one["sites"]],
        "can_create": ask(request.user, "publications.create_site", None),
        "can_edit": ask(request.user, "publications.use_desk", None),
    }
    return render(request, "publications/sites/sites.html", context)


@require_safe
def page(request: HttpRequest, slug: str, path: str = "") -> HttpResponse:
    """A page by its place in the site; the home page without one."""
    site = get_object_or_404(Site.objects.visible_to(request.user).with_space(), space__slug=slug)
    wanted = PageContent.objects.in_space(site.space).visible_to(request.user).for_page()
    content = wanted.at(f"/sites/{slug}/{path}").first()
    if content is None:
        if path or site.root_page_id is None:
            raise Http404
        return render(
            request, "publications/sites/being_made.html", {"site": site, "menu": menu_of(site, request.user)}
        )
    return _page(request, content)


@require_safe
def page_by_uuid(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """The same page by the address that never changes: notifications, shares and search lead here."""
    found = PageContent.objects.visible_to(request.user).for_page()
    return _page(request, get_object_or_404(found, space__slug=slug, uuid=uuid))


def _page(
    request: HttpRequest, content: PageContent, form: ProblemForm | None = None, status: int = 200
) -> HttpResponse:
    person, site = request.user, content.space.site
    mark_content_read(content, actor=person)
    language = content.page.language_for(get_language() or "fr")
    context = {
        **_text(content.page, site, content, person, language),
        "content": content,
        # SECURITY: of other spaces not even the name is shown, though a page in them may have been shared.
        "is_inside": content.space_id in readable_space_ids(person),
        "is_archived": content.state == State.ARCHIVED,
        "is_draft": content.state == State.DRAFT,
        "can_edit": ask(person, "publications.edit_page", content),
        "vote": content.votes.filter(voter=actions.voter_of(content, person)).first(),
        "contact": content.contact or content.owner,
        "form": form or ProblemForm(),
    }
    return render(request, "publications/sites/page.html", context, status=status)


def _text(page: Any, site: Site, content: PageContent | None, person: Any, language: str) -> dict[str, Any]:
    """What a page shows of itself in one language, whole."""
    reading = Reading(person, language, site, content)
    return {
        "site": site,
        "page": page,
        "language": language,
        "is_other_language": language != (get_language() or "fr"),
        "language_name": NAMES[language],
        "title": page.text_in(language)["title"],
        "lead": getattr(page, f"lead_{language}"),
        "blocks": read_blocks(getattr(page, f"body_{language}"), reading),
        "menu": menu_of(site, person, page.path or ""),
        "steps": steps_to(page, site, person) if page.path else [],
    }


def preview(request: HttpRequest, page: Any, mode: str) -> HttpResponse:
    """A page as its editor is writing it: the desk shows it in a frame, in one language or the other.

    Called by Wagtail once it has checked that `request.user` may edit the page.
    """
    language = mode if mode in NAMES else page.language
    content = PageContent.objects.visible_to(request.user).filter(page_id=page.pk).select_related("space").first()
    site = page.site if page.path else None
    if site is None:
        # A page that is not yet in the tree: the desk says below which one it will be.
        raise Http404
    context = {**_text(page, site, content, request.user, language), "content": None, "is_inside": True}
    return render(request, "publications/sites/page.html", {**context, "is_preview": True})


def _found(request: HttpRequest, uuid: UUID) -> PageContent:
    return get_object_or_404(PageContent.objects.visible_to(request.user).for_page(), uuid=uuid)


@require_POST
def useful(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say whether a page was useful, or take that back. Without a script."""
    content = _found(request, uuid)
    said = {"yes": True, "no": False, "undo": None}
    answer = request.POST.get("useful", "")
    if answer not in said:
        raise Http404
    actions.say_useful(content, said[answer], actor=request.user)
    return redirect(f"{content.get_absolute_url()}#useful")


@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what is wrong with a page."""
    content = _found(request, uuid)
    form = ProblemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_problem(content, form.cleaned_data["text"], actor=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Thank you: whoever looks after this page is told."))
            return redirect(content)
    context = {"content": content, "form": form}
    return render(request, "publications/sites/problem.html", context, status=422 if form.errors else 200)


def _image_etag(request: HttpRequest, uuid: UUID, spec: str) -> str | None:
    found = SiteImage.objects.visible_to(request.user).filter(uuid=uuid).values_list("file_hash", flat=True).first()
    return f'"{found}-{spec}"' if found else None


@require_safe
@condition(etag_func=_image_etag)
def image(request: HttpRequest, uuid: UUID, spec: str) -> HttpResponseBase:
    """One image at one of the sizes it was drawn at. Nothing is drawn here."""
    found = get_object_or_404(SiteImage.objects.visible_to(request.user), uuid=uuid)
    wanted = spec.replace(",", "|")
    drawn = found.renditions.filter(filter_spec=wanted).first()
    if drawn is None:
        widths = {width_spec(one) for one in WIDTHS}
        # An image narrower than what a page asks for: the widest there is.
        drawn = found.renditions.filter(filter_spec__in=widths).order_by("-width").first() if wanted in widths else None
    if drawn is None:
        raise Http404
    response = FileResponse(default_storage.open(drawn.file.name, "rb"))
    # SECURITY: drawn by us, so that its name tells what it is.
    response.headers["Content-Type"] = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}.get(
        drawn.file.name.rpartition(".")[2], "application/octet-stream"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, no_cache=True)
    return response
