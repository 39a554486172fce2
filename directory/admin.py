"""People, units and groups at the administrators' desk. What LDAP owns is read there and changed in LDAP."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .actions import deactivate, reactivate
from .models import Group, Person, SyncRun, Unit


@login_not_required
def sign_in_first(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """In place of the desk's own sign-in page. SECURITY: one door, with its limits on attempts."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or resolve_url("admin:index"))


admin.site.login = sign_in_first  # type: ignore[method-assign]


class FromTheDirectory(admin.ModelAdmin):
    """Rows that LDAP brings: neither added nor deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(FromTheDirectory):
    """Rights can be given here; everything else about a person is the directory's."""

    list_display = ("search_name", "name", "username", "kind", "unit", "is_active", "is_staff")
    list_display_links = ("search_name", "name")
    list_filter = ("is_active", "kind", "is_staff", "is_superuser")
    list_select_related = ("unit",)
    search_fields = ("search_name", "username", "employee_number", "email")
    ordering = ("search_name",)
    show_full_result_count = False
    list_per_page = 50
    actions = ("deactivate_people", "reactivate_people")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ["username", "given_name", "family_name", "kind", "employee_number", "uuid", "entry_uuid"]}),
        (_("At work"), {"fields": ["title_fr", "title_en", "unit", "manager", "email", "phone", "site", "room"]}),
        (_("Preferences"), {"fields": ["language", "theme"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["created", "last_login"]}),
    )
    ldap_fields = (
        "username",
        "given_name",
        "family_name",
        "kind",
        "employee_number",
        "uuid",
        "entry_uuid",
        "title_fr",
        "title_en",
        "unit",
        "manager",
        "email",
        "phone",
        "site",
        "room",
        "created",
        "last_login",
        # Deactivating also ends sessions and tokens: it is an action of the list, not a box to untick.
        "is_active",
    )
    rights = ("is_staff", "is_superuser", "groups", "user_permissions")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # SECURITY: who may edit people must not be able to make themselves a superuser.
        return self.ldap_fields if request.user.is_superuser else (*self.ldap_fields, *self.rights)

    @admin.action(description=_("Deactivate and end their sessions"), permissions=["change"])
    def deactivate_people(self, request: HttpRequest, people: QuerySet) -> None:
        people = people.exclude(pk=request.user.pk)
        # SECURITY: who may edit people must not be able to shut out those who administer.
        for person in people if request.user.is_superuser else people.filter(is_superuser=False):
            deactivate(person)

    @admin.action(description=_("Let in again"), permissions=["change"])
    def reactivate_people(self, request: HttpRequest, people: QuerySet) -> None:
        # Whom LDAP shut out, LDAP lets in again.
        for person in people.filter(is_suspended=True):
            reactivate(person, actor=request.user)


@admin.register(Unit)
class UnitAdmin(FromTheDirectory):
    """Names can be corrected here; the tree comes from the directory."""

    list_display = ("code", "name_fr", "name_en", "kind", "parent")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("code", "name_fr", "name_en")
    readonly_fields = ("uuid", "code", "kind", "parent", "path")
    ordering = ("code",)


@admin.register(Group)
class GroupAdmin(FromTheDirectory):
    """Looked at here, changed on the group's own page: changes of groups are actions, recorded and with a history."""

    list_display = ("name_fr", "name_en", "source", "ldap_name", "is_public", "is_active", "evaluated")
    list_filter = ("source", "is_active", "is_public")
    search_fields = ("name_fr", "name_en", "ldap_name")
    ordering = ("name_fr",)
    fieldsets = (
        (None, {"fields": ["name_fr", "name_en", "purpose_fr", "purpose_en", "source", "ldap_name", "uuid"]}),
        (_("Who belongs"), {"fields": ["rule", "evaluated", "is_public", "is_active"]}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SyncRun)
class SyncRunAdmin(FromTheDirectory):
    """Runs of the sync; `/people/sync/` shows them in words, with what was wrong."""

    list_display = ("started", "mode", "state", "ended", "is_dry_run", "is_forced")
    list_filter = ("state", "mode", "is_dry_run")
    ordering = ("-started",)
    date_hierarchy = "started"
    fields = ("uuid", "mode", "state", "started", "ended", "is_dry_run", "is_forced", "counts", "message")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def view_on_site(self, obj: SyncRun) -> str:
        return reverse("directory:sync_run", args=[obj.uuid])
