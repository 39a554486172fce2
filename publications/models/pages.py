"""Pages of sites: Wagtail's pages (tree, revisions, locks) and, of each, the content row that decides who reads it.

The Wagtail page holds what editors write; `PageContent` holds what the portal needs to show it, find it and look after
it. They are kept in step by `actions.pages`. A page without its row is read by nobody.
"""

import hashlib
import json
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester, Revision

from foundation.content.models import Content
from foundation.ui.addresses import address

from ..desk.page_form import SiteCopyForm, SitePageForm
from ..pairs import NAMES, READABLE, missing_languages, other_of, state_of
from ..querysets.pages import CityProposalQuerySet, PageContentQuerySet, PageProblemQuerySet
from .notices import Notice
from .sites import Site

# Where in Wagtail's tree: its own root, the folder of all sites, the home pages of sites.
FOLDER_DEPTH, HOME_DEPTH = 2, 3
FOLDER_SLUG = "sites"
# Pages beside those of the tree: /sites/verdun/settings/.
RESERVED = frozenset({"settings", "desk", "members", "pages", "images", "new", "proposals"})
LEAD_MAX = 400


class SiteStreamField(StreamField):
    """The body of a page. Its blocks are asked for when they are needed, since other apps add theirs, and are no
    business of migrations."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(list(block_types), **kwargs)

    @cached_property
    def stream_block(self) -> Any:
        block = import_string("publications.blocks.definitions.body_block")()
        block.set_meta_options(self.block_opts)
        return block

    def deconstruct(self) -> Any:
        # Not StreamField's, which would write the blocks down.
        name, path, _args, kwargs = models.Field.deconstruct(self)
        return name, path, [], kwargs


class SitePage(Page):
    """One page of a site, in French and in English."""

    # The language it was written in first; the other one is its translation.
    language = models.CharField(
        _("First written in"), max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    # `title` is the French one.
    title_en = models.CharField(_("Title in English"), max_length=250, blank=True)
    lead_fr = models.CharField(_("Summary in French"), max_length=LEAD_MAX, blank=True)
    lead_en = models.CharField(_("Summary in English"), max_length=LEAD_MAX, blank=True)
    body_fr = SiteStreamField(blank=True, verbose_name=_("Page in French"))
    body_en = SiteStreamField(blank=True, verbose_name=_("Page in English"))
    # The original as it was when the translation was said to be ready (see `original`). Empty: never.
    translated_from = models.JSONField(default=dict, blank=True, editable=False)

    edit_handler = TabbedInterface(
        [
            ObjectList([FieldPanel("title"), FieldPanel("lead_fr"), FieldPanel("body_fr")], heading=_("French")),
            ObjectList([FieldPanel("title_en"), FieldPanel("lead_en"), FieldPanel("body_en")], heading=_("English")),
            ObjectList(
                [
                    FieldPanel("language"),
                    FieldPanel("translation_ready"),
                    FieldPanel("slug"),
                    FieldPanel("show_in_menus"),
                ],
                heading=_("Languages, address and menu"),
            ),
        ],
        base_form_class=SitePageForm,
    )
    base_form_class = SitePageForm
    copy_form_class = SiteCopyForm

    parent_page_types = ["publications.SitePage"]
    subpage_types = ["publications.SitePage"]
    page_description = _("A page of a site, in both languages")
    show_in_menus_default = True

    class Meta:
        verbose_name = _("page of a site")
        verbose_name_plural = _("pages of sites")

    # -- place -------------------------------------------------------------------------------------------------------

    @cached_property
    def site(self) -> Site:
        """The site whose tree it is in. LookupError when it is in none."""
        return site_at(self.path)

    @property
    def space(self) -> Any:
        return self.site.space

    @property
    def is_home(self) -> bool:
        return self.depth == HOME_DEPTH

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str]:
        """For Wagtail, which would look for one of its own sites."""
        return (0, settings.SITE_URL, self.url_path)

    def get_url(self, request: Any = None, current_site: Any = None) -> str:
        """Where it is read: its place in the tree is its address."""
        return self.url_path

    url = property(get_url)

    def get_full_url(self, request: Any = None) -> str:
        return f"{settings.SITE_URL}{self.url_path}"

    full_url = property(get_full_url)

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED:
            raise ValidationError({"slug": _("This address is taken by the portal itself: choose another one.")})

    # -- pair --------------------------------------------------------------------------------------------------------

    def text_in(self, language: str) -> dict[str, str]:
        """Title, summary and a digest of the body in `language`: enough to know whether anything changed."""
        title = self.title if language == "fr" else self.title_en
        body = getattr(self, f"body_{language}")
        return {"title": title, "summary": getattr(self, f"lead_{language}"), "body": _digest(body)}

    @property
    def original(self) -> dict[str, str]:
        return self.text_in(self.language)

    @property
    def translation(self) -> dict[str, str]:
        return self.text_in(other_of(self.language))

    def language_for(self, language: str) -> str:
        """The language in which somebody who reads `language` gets it: theirs when it may be read, the original
        otherwise. Never half of each."""
        if language == self.language:
            return language
        return language if state_of(self, language) in READABLE else self.language

    def missing(self) -> list[Any]:
        """What still keeps it from being published, in words."""
        return missing_languages(self)

    # -- Wagtail -----------------------------------------------------------------------------------------------------

    def permissions_for_user(self, user: Any) -> "SitePagePermissions":
        return SitePagePermissions(user, self)

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        """Wagtail's own door to publishing. SECURITY: the gate of languages stands here, whoever calls."""
        missing = revision.as_object().missing()
        if missing:
            raise ValidationError([str(one) for one in missing])
        super().publish(revision, user=user, **kwargs)

    @property
    def has_workflow(self) -> bool:
        """Whoever edits a site publishes its pages; notices have the workflow."""
        return False

    def get_workflow(self) -> None:
        return None

    def get_admin_display_title(self) -> str:
        return self.draft_title or self.title

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return list(NAMES.items())

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """SECURITY: Wagtail serves no page; ours asks who reads (`views.sites.page`)."""
        raise PermissionError("pages are served by publications.views.sites")

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        # The model stands below the views.
        return import_string("publications.views.sites.preview")(request, self, mode_name)


def _digest(body: Any) -> str:
    """Of a body, a short text that is another as soon as the body is; empty for an empty one."""
    raw = [{"type": one["type"], "value": one["value"]} for one in body.get_prep_value()] if body else []
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest() if raw else ""


def site_at(path: str) -> Site:
    """The site whose tree holds the place `path`. LookupError for none."""
    home = (path or "")[: HOME_DEPTH * Page.steplen]
    found = Site.objects.select_related("space", "unit").filter(root_page__path=home).first()
    if found is None:
        raise LookupError(f"no site at {path!r}")
    # The way back without a query: `pairs` asks the space for its site.
    found.space.site = found
    return found


class SitePagePermissions(PagePermissionTester):
    """What one may do with a page at the desk: the house rule alone. SECURITY: no group of Wagtail's, and being a
    superuser is no right here; a person who edits the site may, anybody else may not."""

    class _Ordinary:
        """The person, without what Wagtail would let a superuser do."""

        is_superuser = False

        def __init__(self, user: Any) -> None:
            self._user = user

        def __getattr__(self, name: str) -> Any:
            return getattr(self._user, name)

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(self._Ordinary(user), page)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Nothing is deleted: pages are archived or put in the trash, from where they come back."""
        return False

    def can_move(self) -> bool:
        return self.page.depth > HOME_DEPTH and "change" in self.permissions

    def can_copy(self) -> bool:
        return self.page.depth > HOME_DEPTH and self.can_edit()

    def can_unpublish(self) -> bool:
        return self.page.depth > HOME_DEPTH and super().can_unpublish()

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        return False

    def can_edit(self) -> bool:
        return self.user.is_active and "change" in self.permissions

    def can_view_revisions(self) -> bool:
        return self.can_edit()


class PageContent(Content):
    """What the portal knows of a page: who reads it, who answers for it, when it is to be reviewed."""

    KIND = "page"

    page = models.OneToOneField(SitePage, models.CASCADE, related_name="content")
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Contact")
    )
    # The review dates its owner was already reminded of: ahead of them, and on the day.
    reminded_before = models.DateField(null=True, blank=True, editable=False)
    reminded_due = models.DateField(null=True, blank=True, editable=False)

    objects = PageContentQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    @property
    def is_review_overdue(self) -> bool:
        return self.review_due is not None and self.review_due < timezone.localdate()


class PageVote(models.Model):
    """Somebody found a page useful, or not. SECURITY: by a keyed digest, never by name (`actions.signs`)."""

    content = models.ForeignKey(PageContent, models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64)
    is_useful = models.BooleanField()
    day = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content", "voter"], name="publications_vote_once")]

    def __str__(self) -> str:
        return f"{self.content_id}: {self.is_useful}"


class PageProblem(models.Model):
    """What somebody reported of a page; closed by its editors."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(PageContent, models.CASCADE, related_name="problems")
    text = models.TextField(_("Problem"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    closed = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(_("Answer"), max_length=400, blank=True)

    objects = PageProblemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["content"], condition=models.Q(closed__isnull=True), name="publications_problem_open")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class CityProposal(models.Model):
    """A local notice proposed to the whole city, and what the city's editors decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the City's editors")
        ACCEPTED = "accepted", _("Shown to the whole City")
        DECLINED = "declined", _("Declined")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.OneToOneField(Notice, models.CASCADE, related_name="city_proposal")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    objects = CityProposalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.state}"


def page_address(space_slug: str, content: uuid.UUID) -> str:
    """The address of a page that never changes, whatever its place in the tree."""
    return address("publications:page_by_uuid", space_slug, content)
