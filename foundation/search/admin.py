"""The administrators' desk: the words that mean the same."""

from django.contrib import admin

from .models import Synonym


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    list_display = ["__str__", "language", "changed"]
    list_filter = ["language"]
    search_fields = ["ways"]
    ordering = ["ways"]
