"""Rights at the desk, as Wagtail asks for them: the house rule alone, whatever Wagtail's groups say.

SECURITY: whoever is an editor or an owner of a site's space edits its pages and images. A superuser is nobody special.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q
from wagtail.models import Collection, Page
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from directory.models import Person
from foundation.audiences.policies import ask
from foundation.audiences.principals import holders_of, principal, resolved
from foundation.spaces.querysets import edited_space_ids

from ..models import Site, SiteImage

ACTIONS = ("add", "change", "publish", "lock", "unlock")
ACCESS = "wagtailadmin.access_admin"


class DeskBackend(BaseBackend):
    """Lets the editors of sites in, by the rule `publications.use_desk`."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm == ACCESS and obj is None and bool(ask(user_obj, "publications.use_desk", None))


@dataclass(frozen=True)
class _Codename:
    codename: str


@dataclass(frozen=True)
class _Right:
    """One right on a site's home page and all below it, in the shape of Wagtail's GroupPagePermission."""

    page: Page
    permission: _Codename

    @property
    def page_id(self) -> int:
        return self.page.pk


def home_pages(person: Any) -> list[Page]:
    """The home pages of the sites `person` edits. Resolved once per request."""
    return resolved(
        person,
        "edited_home_pages",
        lambda: list(
            Page.objects.filter(site_of__in=Site.objects.filter(space__archived__isnull=True).edited_by(person))
        ),
    )


class SitePagePolicy(PagePermissionPolicy):
    """Pages."""

    permission_cache_name = "_site_page_rights"

    def get_all_permissions_for_user(self, user: Any) -> list[_Right]:  # type: ignore[override]
        if not user.is_authenticated or not user.is_active:
            return []
        codenames = [_Codename(self._get_permission_codename(action)) for action in ACTIONS]
        return [_Right(page, codename) for page in home_pages(user) for codename in codenames]

    def _base_user_has_permission(self, user: Any) -> bool | None:
        return None if user.is_active else False

    def _base_queryset_for_user(self, user: Any) -> Any:
        return None if user.is_active and home_pages(user) else self.model._default_manager.none()

    def instances_with_direct_explore_permission(self, user: Any) -> list[Page]:
        return home_pages(user)

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        spaces = Site.objects.values_list("space_id", flat=True)
        return _editors_of(spaces)

    def users_with_any_permission_for_instance(
        self, actions: Any, instance: Any, include_superusers: bool = True
    ) -> Any:
        spaces = Site.objects.filter(root_page__path=instance.path[: 3 * Page.steplen]).values_list(
            "space_id", flat=True
        )
        return _editors_of(spaces)


def _editors_of(spaces: Any) -> Any:
    held = {principal("editors", one) for one in spaces}
    condition = holders_of(held) if held else Q(pk__in=[])
    return Person.objects.filter(condition, is_active=True)


class SiteImagePolicy(BasePermissionPolicy):
    """Images: those of the sites one edits."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return user.is_active and bool(home_pages(user))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return self.user_has_permission(user, "")

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        return _editors_of(Site.objects.values_list("space_id", flat=True))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return user.is_active and instance.space_id in edited_space_ids(user)

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        return self.user_has_permission_for_instance(user, "", instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        if not user.is_active:
            return SiteImage.objects.none()
        return SiteImage.objects.edited_by(user)

    def users_with_any_permission_for_instance(
        self, actions: Any, instance: Any, include_superusers: bool = True
    ) -> Any:
        return _editors_of([instance.space_id] if instance.space_id else [])

    def collections_user_has_permission_for(self, user: Any, action: str) -> Any:
        """The one there is: images are told apart by their site."""
        return Collection.objects.filter(depth=1)

    def collections_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return self.collections_user_has_permission_for(user, "")


class NobodyPolicy(BasePermissionPolicy):
    """What the desk does not offer: Wagtail's own sites, collections, languages, workflows."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return False

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return False

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        return Person.objects.none()

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return self.model._default_manager.none()

    def collections_user_has_permission_for(self, user: Any, action: str) -> list[Any]:
        return []
