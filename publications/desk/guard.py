"""Which of the desk's addresses answer, to whom, and what the browser may load there.

SECURITY: Wagtail brings some two hundred addresses (people, groups, settings, reports, an API). Those listed here
answer; every other one is a 404, superusers included. An address that names a page or an image answers 404 unless it is
of a site one edits: one lock more, in front of Wagtail's own.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.models import Page

from directory.views.sign_in import sign_out
from foundation.audiences.policies import Refused, require

from ..models import SiteImage, SitePage
from .current import at_desk
from .permissions import home_pages

_PAGES = "wagtailadmin_pages:"
_IMAGES = "wagtailimages:"
OPEN = frozenset(
    {
        "wagtailadmin_home",
        "wagtailadmin_explore_root",
        "wagtailadmin_explore",
        "wagtailadmin_explore_results",
        "wagtailadmin_choose_page",
        "wagtailadmin_choose_page_child",
        "wagtailadmin_choose_page_search",
        "wagtailadmin_choose_page_external_link",
        "wagtailadmin_choose_page_email_link",
        "wagtailadmin_choose_page_phone_link",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_dismissibles",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
        *(
            _PAGES + name
            for name in (
                "add",
                "preview_on_add",
                "edit",
                "preview_on_edit",
                "view_draft",
                "add_subpage",
                "unpublish",
                "search",
                "search_results",
                "move",
                "move_confirm",
                "set_page_position",
                "copy",
                "lock",
                "unlock",
                "revisions_index",
                "revisions_view",
                "revisions_revert",
                "revisions_compare",
                "history",
                "history_results",
            )
        ),
        *(_IMAGES + name for name in ("index", "index_results", "edit", "delete", "add")),
        "wagtailimages_chooser:choose",
        "wagtailimages_chooser:choose_results",
        "wagtailimages_chooser:chosen",
        "wagtailimages_chooser:chosen_multiple",
        "wagtailimages_chooser:create",
        "site_people:choose",
        "site_people:choose_results",
        "site_people:chosen",
        "site_people:chosen_multiple",
    }
)
# What the portal does itself, elsewhere.
ELSEWHERE = {
    "wagtailadmin_account": "directory:settings",
    "wagtailadmin_login": "portal:home",
    "wagtailimages:add_multiple": "wagtailimages:add",
}
# Others of ours that register views at the desk add the names of their addresses.
MORE: set[str] = set()

PREVIEWS = frozenset(
    {
        _PAGES + "preview_on_add",
        _PAGES + "preview_on_edit",
        _PAGES + "view_draft",
        _PAGES + "revisions_view",
    }
)
_PAGE_KEYS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
View = Callable[..., HttpResponse]

# What Wagtail needs, and only here: pictures written into its style sheet, and the preview in a frame. Where a page is
# written, its rich text editor also writes the hints of empty paragraphs as styles. Scripts stay those of our files.
_AT_DESK = {"img-src": ["data:", "blob:"], "frame-src": ["'self'"]}
_WRITING = {**_AT_DESK, "style-src-elem": ["'self'", "'unsafe-inline'"]}
WRITING = frozenset({_PAGES + "add", _PAGES + "edit", _PAGES + "revisions_revert"})


def _owns_page(person: Any, pk: int, *, to_browse: bool = False) -> bool:
    """Whether a page is of a site `person` edits; `to_browse`: or leads to one."""
    path = Page.objects.filter(pk=pk).values_list("path", flat=True).first()
    if path is None:
        return False
    mine = [one.path for one in home_pages(person)]
    return any(path.startswith(one) or (to_browse and one.startswith(path)) for one in mine)


def _check_keys(person: Any, name: str, kwargs: dict[str, Any]) -> None:
    """404 for a page or image of a site that is not one's own."""
    browsing = name in ("wagtailadmin_explore", "wagtailadmin_explore_results", "wagtailadmin_choose_page_child")
    keys = [kwargs[key] for key in _PAGE_KEYS if kwargs.get(key) is not None]
    if name == _PAGES + "revisions_compare":
        keys.append(kwargs["pk"])
    if name == "wagtailadmin_editing_sessions:ping":
        if (kwargs["app_label"], kwargs["model_name"]) not in (("publications", "sitepage"), ("wagtailcore", "page")):
            raise Http404
        keys.append(kwargs["object_id"])
    if name in (_PAGES + "add", _PAGES + "preview_on_add"):
        asked = (kwargs["content_type_app_name"], kwargs["content_type_model_name"])
        if asked != ("publications", SitePage._meta.model_name):
            raise Http404
    for key in keys:
        if not str(key).isdecimal() or not _owns_page(person, int(key), to_browse=browsing):
            raise Http404
    image = kwargs.get("image_id") or (kwargs.get("pk") if name == "wagtailimages_chooser:chosen" else None)
    if image is not None and not SiteImage.objects.filter(pk=image).edited_by(person).exists():
        raise Http404


def guarded(view: View) -> View:
    """One of the desk's views behind all that."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person, match = request.user, request.resolver_match
        name = match.view_name if match else ""
        if name == "wagtailadmin_logout":
            return sign_out(request)
        if name in ELSEWHERE:
            return redirect(ELSEWHERE[name])
        require(person, "publications.use_desk", None)
        if name not in OPEN and name not in MORE:
            raise Http404
        _check_keys(person, name, match.captured_kwargs if match else {})
        with at_desk(person):
            try:
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response = response.render()
            except Refused:
                raise
            except PermissionDenied as error:
                raise Http404 from error
        if name in PREVIEWS:
            return _framed(response)
        response._csp_update = _WRITING if name in WRITING else _AT_DESK  # type: ignore[attr-defined]
        return response

    return answer


def _framed(response: HttpResponse) -> HttpResponse:
    """SECURITY: a preview stands in a frame of the desk, and of nobody else's page."""
    # The preview went through the middlewares already, as a page of its own.
    response.headers.pop("Content-Security-Policy", None)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]
    return response
