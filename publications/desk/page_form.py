"""The form of a page at the desk: the gate of languages, and copies without aliases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm, MoveForm
from wagtail.models import Page
from wagtail.permissions import policy_registry

from ..pairs import missing_languages


class SitePageForm(WagtailAdminPageForm):
    """A page in both languages."""

    translation_ready = forms.BooleanField(
        label=_("The translation says the same as the original"),
        required=False,
        help_text=_("Until this is ticked, readers get the original. When the original changes, tick it again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.instance
        if page.pk and "translation_ready" in self.fields:
            self.fields["translation_ready"].initial = bool(page.translated_from) and (
                page.translated_from == page.original
            )
        if page.pk and page.is_home:
            # A site's address is that of its space.
            self.fields.pop("slug", None)
            self.fields.pop("show_in_menus", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        page = self.instance
        for name in ("title", "title_en", "lead_fr", "lead_en", "body_fr", "body_en", "language"):
            if name in cleaned:
                setattr(page, name, cleaned[name])
        page.translated_from = page.original if cleaned.get("translation_ready") else page.translated_from
        if not cleaned.get("translation_ready") and page.translated_from == page.original:
            # Taken back: the translation is a draft again.
            page.translated_from = {}
        if "action-publish" in self.data:
            self._check_languages()
        return cleaned

    def _check_languages(self) -> None:
        """What the site asks for before anything is published."""
        site = _site_of(self.instance, self.parent_page)
        for sentence in missing_languages(_Placed(self.instance, site)):
            self.add_error(None, sentence)


class _Placed:
    """A page with the space it is in, or will be in once it is saved."""

    def __init__(self, page: Any, site: Any) -> None:
        self._page, self.space = page, site.space

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)


def _site_of(page: Any, parent: Any) -> Any:
    return page.site if page.pk else parent.specific.site


class PlaceField(forms.ModelChoiceField):
    """Where a page goes: a list of the pages of one's own sites, each under the one it belongs to."""

    def label_from_instance(self, obj: Any) -> str:
        return "\u00a0\u00a0\u00a0" * (obj.depth - 3) + (obj.draft_title or obj.title)


class SiteCopyForm(CopyForm):
    """Copy a page within the sites one edits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An alias would follow its original past the gate and the rights of the site it is in.
        self.fields.pop("alias", None)
        self.fields["new_parent_page"] = PlaceField(
            queryset=places_of(self.user), initial=self.page.get_parent(), label=_("Below which page")
        )


class SiteMoveForm(MoveForm):
    """Move a page within the sites one edits. `reader` is set by the view."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        person = kwargs.pop("person")
        super().__init__(*args, **kwargs)
        self.fields["new_parent_page"] = PlaceField(
            queryset=places_of(person).exclude(path__startswith=self.page_to_move.path),
            initial=self.page_to_move.get_parent(),
            label=_("Below which page"),
        )


def places_of(person: Any) -> Any:
    """The pages of the sites `person` edits, in the order of the tree. SECURITY: and of no other."""
    found = policy_registry.get_by_type(Page).explorable_instances(person)
    return found.filter(depth__gte=3).order_by("path")
