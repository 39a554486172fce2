"""Notices at the desk: all of those one writes for, searched, filtered, sorted and exported.

A line leads to the portal's own page, where they are written, approved and compared: one form, one door to each action.
"""

from typing import Any

import django_filters
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet

from foundation.spaces.models import Space
from foundation.ui.sheets import guarded

from ..models import Genre, Notice, Stage
from ..pairs import LanguageState
from .guard import MORE

VIEWS = "desk_notices"
MORE.update({f"{VIEWS}:index", f"{VIEWS}:index_results"})


def _sites(request: Any) -> Any:
    """SECURITY: the sites of what is listed, which are one's own."""
    return Space.objects.filter(pk__in=Notice.objects.editable_by(request.user).values("space_id"))


class NoticeFilters(WagtailFilterSet):
    """What narrows the list."""

    stage = django_filters.ChoiceFilter(label=_("State"), choices=Stage.choices)
    genre = django_filters.ChoiceFilter(label=_("Genre"), choices=Genre.choices)
    space = django_filters.ModelChoiceFilter(label=_("Site"), queryset=_sites)
    translation_state = django_filters.ChoiceFilter(label=_("Translation"), choices=LanguageState.choices)

    class Meta:
        model = Notice
        fields: list[str] = []


class NoticeListing(IndexView):
    """The list. SECURITY: what one writes or edits, never more; in the trash it is not listed."""

    model = Notice
    page_title = _("Notices")
    header_icon = "doc-full"
    index_url_name = f"{VIEWS}:index"
    index_results_url_name = f"{VIEWS}:index_results"
    filterset_class = NoticeFilters
    search_fields = ["title", "title_translated", "summary"]
    search_backend_name = None
    default_ordering = "-updated"
    paginate_by = 50
    list_export = [
        "reference", "title", "title_translated", "genre_name", "space.name_fr", "get_stage_display", "author.name",
        "published", "updated", "expires",
    ]  # fmt: skip
    export_headings = {
        "reference": _("Number"),
        "title": _("Title"),
        "title_translated": _("Translated title"),
        "genre_name": _("Genre"),
        "space.name_fr": _("Site"),
        "get_stage_display": _("State"),
        "author.name": _("Author"),
        "published": _("Published"),
        "updated": _("Changed"),
        "expires": _("In force until"),
    }
    export_filename = "avis"
    custom_field_preprocess = {
        name: {"csv": guarded, "xlsx": guarded}
        for name in ("title", "title_translated", "space.name_fr", "author.name")
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("title", label=_("Title"), sort_key="title", get_url=self._address),
            Column("reference", label=_("Number"), sort_key="number"),
            Column("genre", label=_("Genre"), accessor="genre_name", sort_key="genre"),
            Column("space", label=_("Site"), accessor="space.name", sort_key="space__name_fr"),
            Column("stage", label=_("State"), accessor="get_stage_display", sort_key="stage"),
            Column("translation", label=_("Translation"), accessor="get_translation_state_display"),
            Column("author", label=_("Author"), accessor="author.name"),
            DateColumn("updated", label=_("Changed"), sort_key="updated"),
        ]

    def _address(self, notice: Notice) -> str:
        return notice.get_absolute_url()

    def get_base_queryset(self) -> Any:
        return Notice.objects.editable_by(self.request.user).not_trashed().with_desk_row()

    @cached_property
    def header_buttons(self) -> list[Any]:
        return []

    def get_add_url(self) -> str:
        return reverse("publications:new")


class NoticeViews(ViewSet):
    """The list, under /editor/notices/."""

    icon = "doc-full"
    url_prefix = "notices"
    url_namespace = VIEWS
    menu_label = _("Notices")
    menu_name = "notices"
    menu_order = 150
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", NoticeListing.as_view(), name="index"),
            path("results/", NoticeListing.as_view(results_only=True), name="index_results"),
        ]

    @property
    def menu_url(self) -> str:
        return reverse(f"{VIEWS}:index")


notice_views = NoticeViews()
