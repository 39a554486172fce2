"""The administrators' desk: proofs and requests are read, never written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Acknowledgement, Request


class ReadOnly(admin.ModelAdmin):
    """SECURITY: a proof that an administrator could change would prove nothing."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnly):
    list_display = ["at", "person", "request", "version", "language", "mode", "content_hash"]
    list_select_related = ["person", "request", "version"]
    list_filter = ["language", "mode"]
    date_hierarchy = "at"
    search_fields = ["person__username", "request__content__title"]


@admin.register(Request)
class RequestAdmin(ReadOnly):
    list_display = ["asked", "content", "mode", "due", "asked_by", "closed", "settled"]
    list_select_related = ["content", "asked_by"]
    list_filter = ["mode"]
    date_hierarchy = "asked"
    search_fields = ["content__title"]
