"""The administrators' desk: shares, read and taken back, for those of people who have left."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.audiences.policies import Refused

from . import actions
from .models import Share


@admin.register(Share)
class ShareAdmin(admin.ModelAdmin):
    list_display = ["created", "content", "principal", "role", "by", "expires", "withdrawn"]
    list_filter = ["content__space__kind", "by__is_active", "withdrawn"]
    list_select_related = ["content", "by"]
    date_hierarchy = "created"
    search_fields = ["content__title", "by__username"]
    show_full_result_count = False
    actions = ["withdraw"]

    @admin.action(description=gettext_lazy("Withdraw the shares of somebody who has left"), permissions=["view"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        """SECURITY: the rule is asked for each: what others look after is not an administrator's."""
        taken = refused = 0
        for one in queryset.select_related("content__space"):
            try:
                actions.withdraw_share(one, actor=request.user)
                taken += 1
            except Refused:
                refused += 1
        if taken:
            text = ngettext("%(count)d share was withdrawn.", "%(count)d shares were withdrawn.", taken)
            self.message_user(request, text % {"count": taken}, messages.SUCCESS)
        if refused:
            text = _("Some were left as they are: those who look after these things withdraw them.")
            self.message_user(request, text, messages.WARNING)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
