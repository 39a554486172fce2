"""How pages of sites, what people say of them, and news proposed to the city are read."""

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Q

from foundation.content.querysets import ContentQuerySet, visible_q
from foundation.spaces.querysets import edited_space_ids


class PageContentQuerySet(ContentQuerySet):
    """Pages of sites: all that content can do, and the order of their tree."""

    def with_row(self) -> Self:
        """Loads what a row or a card shows."""
        return self.select_related("space", "author")

    def for_page(self) -> Self:
        """Loads what the page of one shows."""
        return self.select_related("space__site__unit", "page", "owner__unit", "author", "contact", "audience")

    def at(self, url_path: str) -> Self:
        """The one whose place in the tree is `url_path`."""
        return self.filter(page__url_path=url_path)

    def in_tree_order(self) -> Self:
        return self.order_by("page__path")

    def under(self, page: Any) -> Self:
        """`page` and everything below it."""
        return self.filter(page__path__startswith=page.path)

    def to_review(self, before: date) -> Self:
        """Published pages whose review falls before `before`, the most overdue first."""
        return self.published().filter(review_due__lte=before).order_by("review_due", "pk")

    def with_signs(self) -> Self:
        """Adds how many found it useful, or not, and how many problems wait."""
        return self.annotate(
            useful=Count("votes", filter=Q(votes__is_useful=True), distinct=True),
            useless=Count("votes", filter=Q(votes__is_useful=False), distinct=True),
            problem_count=Count("problems", filter=Q(problems__closed__isnull=True), distinct=True),
        )


class PageProblemQuerySet(models.QuerySet):
    """What readers reported of pages."""

    def visible_to(self, person: Any) -> Self:
        """One's own, and those on pages of the sites one edits. SECURITY: on pages one may read."""
        mine = Q(by_id=person.pk) | Q(content__space_id__among=edited_space_ids(person))
        return self.filter(visible_q(person, prefix="content__")).filter(mine)

    def open(self) -> Self:
        return self.filter(closed__isnull=True)

    def in_space(self, space: Any) -> Self:
        return self.filter(content__space_id=space.pk)

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")

    def for_rows(self) -> Self:
        """Loads what a row shows."""
        return self.select_related("content__space", "by__unit", "closed_by")


class CityProposalQuerySet(models.QuerySet):
    """Local news proposed to the whole city."""

    def visible_to(self, person: Any) -> Self:
        """Those of the sites one edits; all of them for the editors of the city's own site. SECURITY: and of news one
        may read."""
        edited = edited_space_ids(person)
        readable = self.filter(visible_q(person, prefix="notice__"))
        city = apps.get_model("publications", "Site").objects.filter(is_city=True, space_id__among=edited)
        return readable if edited and city.exists() else readable.filter(notice__space_id__among=edited)

    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")

    def for_rows(self) -> Self:
        """Loads what a row shows."""
        return self.select_related("notice__space", "by", "decided_by")
