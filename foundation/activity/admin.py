"""The administrators' desk: activities are the audit log, read and never written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Activity


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    list_display = ["created", "verb", "actor", "space", "content"]
    list_filter = ["verb"]
    list_select_related = ["actor", "space", "content"]
    date_hierarchy = "created"
    search_fields = ["actor__username", "content__title"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
