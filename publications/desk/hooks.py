"""The desk: what it shows, what it hides, what it tells us. Found by Wagtail through `wagtail_hooks`."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.models import AbstractPage, Collection, Locale, Task, Workflow
from wagtail.models import Site as WagtailSite
from wagtail.permissions import register_permission_policy

from foundation.content.models import State
from foundation.spaces.querysets import edited_space_ids

from ..actions.pages import keep_in_step, keep_tree_in_step
from ..models import PageContent, PageProblem, SitePage
from .choosers import people_chooser
from .permissions import NobodyPolicy, SitePagePolicy, home_pages
from .views import site_page_viewset

# SECURITY: our rights in place of Wagtail's groups.
register_permission_policy(AbstractPage, SitePagePolicy())
register_permission_policy(SitePage, SitePagePolicy(SitePage))
for _model in (WagtailSite, Collection, Task, Workflow, Locale):
    register_permission_policy(_model, NobodyPolicy(_model))

MENU = frozenset({"explorer", "images", "portal", "sites"})


@hooks.register("register_admin_viewset")
def page_views() -> Any:
    return site_page_viewset


@hooks.register("register_admin_viewset")
def people_views() -> Any:
    return people_chooser


# -- What Wagtail wrote ----------------------------------------------------------------------------------------------


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def page_was_written(request: HttpRequest, page: Any) -> None:
    if isinstance(page.specific, SitePage):
        keep_in_step(page, actor=request.user)


@hooks.register("after_copy_page")
def page_was_copied(request: HttpRequest, page: Any, new_page: Any) -> None:
    keep_tree_in_step(new_page, actor=request.user)


# -- What is listed --------------------------------------------------------------------------------------------------


@hooks.register("construct_explorer_page_queryset")
def without_trash(parent: Any, pages: Any, request: HttpRequest) -> Any:
    """What is in the trash is seen only in the trash."""
    return pages.exclude(pk__in=_in_trash())


def _in_trash() -> Any:
    return PageContent.objects.filter(state=State.TRASHED).values("page_id")


@hooks.register("construct_page_chooser_queryset")
def choosable(pages: Any, request: HttpRequest) -> Any:
    """SECURITY: links are made to pages of one's own sites; the folders above them lead there."""
    mine = Q(pk__in=[])
    for home in home_pages(request.user):
        ways = [home.path[: steps * home.steplen] for steps in range(1, home.depth)]
        mine |= Q(path__startswith=home.path) | Q(path__in=ways)
    return pages.filter(mine).exclude(pk__in=_in_trash())


@hooks.register("construct_admin_api")
def documents_endpoint(router: Any) -> None:
    """Wagtail's pages name this address even where it keeps no documents. Nothing answers there (`guard`)."""
    router.register_endpoint("documents", PagesAdminAPIViewSet)


# -- Menus -----------------------------------------------------------------------------------------------------------


@hooks.register("register_admin_menu_item")
def portal_item() -> MenuItem:
    return MenuItem(_("Back to the portal"), "/", name="portal", icon_name="arrow-left", order=20000)


@hooks.register("register_admin_menu_item")
def sites_item() -> MenuItem:
    return MenuItem(_("Sites"), "/sites/", name="sites", icon_name="site", order=500)


@hooks.register("construct_main_menu")
def our_menu(request: HttpRequest, items: list[Any]) -> None:
    """SECURITY: what is not of sites is not offered; its addresses do not answer either (`guard`)."""
    items[:] = [
        MenuItem(item.label, item.url, name=item.name, icon_name=item.icon_name, order=item.order)
        # The explorer of the sidebar would ask an API that is closed.
        if item.name == "explorer"
        else item
        for item in items
        if item.name in MENU
    ]


@hooks.register("construct_homepage_summary_items")
def no_summary(request: HttpRequest, items: list[Any]) -> None:
    items.clear()


class SitesPanel(Component):
    """The first thing an editor sees: their sites, and what waits there."""

    order = 10
    template_name = "publications/desk/sites_panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        person = parent_context["request"].user
        mine = edited_space_ids(person)
        problems = PageProblem.objects.open().filter(content__space_id__in=mine)
        counts: dict[int, int] = {}
        for space_id in problems.values_list("content__space_id", flat=True):
            counts[space_id] = counts.get(space_id, 0) + 1
        rows = []
        for home in sorted(home_pages(person), key=lambda one: one.title):
            space = home.site_of.space
            rows.append({"home": home, "space": space, "problems": counts.get(space.pk, 0)})
        return {"rows": rows}


@hooks.register("construct_homepage_panels")
def our_panels(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [SitesPanel()]


class _PortalButton(PageMenuItem):
    """A button that leads to a page of the portal about this page."""

    view = ""

    @property
    def content(self) -> PageContent | None:
        return PageContent.objects.filter(page_id=self.page.pk).first()

    def is_shown(self, user: Any) -> bool:
        return self.page.depth > 2 and self.page.permissions_for_user(user).can_edit() and self.content is not None

    @property
    def url(self) -> str:
        return reverse(self.view, args=[self.content.uuid]) if self.content else ""

    @url.setter
    def url(self, value: Any) -> None:
        """Wagtail's constructor gives one; ours is worked out."""


class LookAfterButton(_PortalButton):
    label = _("Owner, review and files")
    icon_name = "user"
    view = "publications:page_settings"


class ArchiveButton(_PortalButton):
    label = _("Archive or put in the trash")
    icon_name = "bin"
    view = "publications:page_put_away"

    def is_shown(self, user: Any) -> bool:
        return self.page.depth > 3 and super().is_shown(user)


@hooks.register("register_page_header_buttons")
def header_buttons(page: Any, user: Any, view_name: str, next_url: Any = None) -> Any:
    yield LookAfterButton(page=page, priority=45)
    yield ArchiveButton(page=page, priority=50)


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page: Any, user: Any, next_url: Any = None) -> Any:
    yield LookAfterButton(page=page, priority=25)
    yield ArchiveButton(page=page, priority=30)


# -- Look ------------------------------------------------------------------------------------------------------------


@hooks.register("insert_global_admin_css")
def our_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("publications/desk.css"))


@hooks.register("before_delete_page")
def nothing_is_deleted(request: HttpRequest, page: Any) -> HttpResponse | None:
    """SECURITY: the third lock: pages are put away by `actions.pages`, and come back."""
    raise PermissionError("pages are not deleted")
