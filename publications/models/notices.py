"""Notices: one table for every genre of official publication, from the internal notice to the job posting.

Wagtail's mixins give revisions, workflow, lock and scheduling; `Content` gives visibility and all that hangs on it. The
row holds what is published; what is being written is the latest revision, whatever the state of the row.
"""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    Workflow,
    WorkflowMixin,
)

from directory.models import Unit
from foundation.content.models import Content
from foundation.ui.addresses import address
from foundation.ui.pairs import Pair, reading_language

from ..pairs import READABLE, LanguageState, missing_languages, other_of
from ..querysets.notices import NoticeQuerySet, SequenceQuerySet, TagQuerySet
from ..signals import ended, publishing, went_public

BODY_MAX = 200_000


class Genre(models.TextChoices):
    """What sort of publication it is. The last three are taken in from the city's official journal."""

    NOTICE = "notice", _("Internal notice")
    PRESS = "press", _("Press release")
    NEWS = "news", pgettext_lazy("genre", "News")
    CIRCULAR = "circular", _("HR circular")
    PUBLIC_NOTICE = "public_notice", _("Public notice")
    TENDER = "tender", _("Call for tenders")
    JOB = "job", _("Job posting")


ICONS = {
    Genre.NOTICE: "speakerphone",
    Genre.PRESS: "microphone",
    Genre.NEWS: "news",
    Genre.CIRCULAR: "id-badge-2",
    Genre.PUBLIC_NOTICE: "building-bank",
    Genre.TENDER: "gavel",
    Genre.JOB: "briefcase",
}
GENRES = dict(Genre.choices)
JOURNAL = frozenset({Genre.PUBLIC_NOTICE, Genre.TENDER, Genre.JOB})


class Stage(models.TextChoices):
    """Where it stands. Kept by the actions, so that lists need not ask the workflow."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    CHANGES = "changes", _("Changes asked for")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired")
    ARCHIVED = "archived", _("Archived")


class Tag(models.Model):
    """A subject publications are gathered under; the communications team keeps the list."""

    slug = models.SlugField(max_length=60, unique=True)
    name_fr = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)

    name = Pair("name")

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["name_fr"]

    def __str__(self) -> str:
        return self.name


class Sequence(models.Model):
    """The last number given in a series and a year. Locked while the next one is given: no hole, no double."""

    series = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = SequenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="publications_sequence_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


# What a revision carries. Everything else of the row (state, number, dates, owner…) is of the thing, not of its text,
# and a revision published late never takes it back.
DRAFTED = (
    "genre",
    "title",
    "title_translated",
    "language",
    "summary",
    "summary_translated",
    "body",
    "body_translated",
    "translated_from",
    "translation_state",
    "unit",
    "on_behalf",
    "on_behalf_translated",
    "contact",
    "contact_note",
    "audience",
    "event_starts",
    "event_ends",
    "event_place",
    "acknowledgement",
    "acknowledge_within",
    "go_live_at",
    "expire_at",
)


class Notice(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, Content):
    """An official publication: French and English on one object, numbered when it is first published."""

    KIND = "notice"

    class Acknowledgement(models.TextChoices):
        NONE = "", _("Not asked for")
        READ = "read", _("“I have read”")
        AGREE = "agree", _("“I have read and agree”")

    genre = models.CharField(_("Genre"), max_length=16, choices=Genre, default=Genre.NOTICE)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFT, editable=False, db_index=True)
    summary = models.CharField(_("Summary"), max_length=400, blank=True)
    summary_translated = models.CharField(max_length=400, blank=True)
    # Safe HTML (`foundation.ui.rich_text`), cleaned when it is written.
    body = models.TextField(_("Text"), max_length=BODY_MAX, blank=True)
    body_translated = models.TextField(max_length=BODY_MAX, blank=True)
    # The original as it was when the translation was said to be ready: {"title", "summary", "body"}. Empty: never.
    translated_from = models.JSONField(default=dict, blank=True)
    # What the translation is worth, worked out when something is written: lists need not load the texts.
    translation_state = models.CharField(max_length=8, choices=LanguageState, default=LanguageState.MISSING)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Unit"))
    on_behalf = models.CharField(_("On behalf of"), max_length=200, blank=True)
    on_behalf_translated = models.CharField(max_length=200, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Contact")
    )
    contact_note = models.CharField(_("Other contact"), max_length=200, blank=True)
    # « 2026 » and 114 of the series « PMR/notice »; empty until first published.
    series = models.CharField(max_length=32, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    number = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Something that takes place, for people's calendars.
    event_starts = models.DateTimeField(_("Begins"), null=True, blank=True)
    event_ends = models.DateTimeField(_("Ends"), null=True, blank=True)
    event_place = models.CharField(_("Place"), max_length=200, blank=True)
    acknowledgement = models.CharField(
        _("Acknowledgement"), max_length=8, choices=Acknowledgement, default="", blank=True
    )
    # Days from publication to the due date.
    acknowledge_within = models.PositiveSmallIntegerField(_("Days to acknowledge"), null=True, blank=True)
    # Classification, which changes at once: not part of the text that is approved.
    tags = models.ManyToManyField(Tag, blank=True, related_name="notices", verbose_name=_("Subjects"))
    related = models.ManyToManyField(Content, blank=True, related_name="+", verbose_name=_("See also"))
    # Who approved what is scheduled or published: in whose name the clock publishes it.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    # What the correction being written will say; taken away when it is published.
    correction = models.JSONField(default=dict, blank=True, editable=False)
    # Where it came from, when it was taken in: the source's own address and id.
    source_url = models.URLField(max_length=500, blank=True, editable=False)
    # A resent form makes no second draft.
    sending_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "number"],
                condition=models.Q(number__isnull=False),
                name="publications_number_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["event_starts"], condition=models.Q(event_starts__isnull=False), name="publications_dated"
            ),
        ]

    def get_absolute_url(self) -> str:
        return address("publications:notice", self.uuid)

    @property
    def genre_name(self) -> str:
        """What it is, in the reader's language. The choices are read once, for rows of lists."""
        return str(GENRES[self.genre])

    @property
    def genre_icon(self) -> str:
        return ICONS[self.genre]

    # -- number ------------------------------------------------------------------------------------------------------

    @property
    def reference(self) -> str:
        """« 2026-114 », « PMR 2026-12 »; empty until first published."""
        if self.number is None:
            return ""
        code = self.series.partition("/")[0]
        return f"{code} {self.year}-{self.number}".strip()

    # -- pair --------------------------------------------------------------------------------------------------------

    @property
    def other_language(self) -> str:
        """The language it was not written in first."""
        return other_of(self.language)

    @property
    def original(self) -> dict[str, str]:
        """The text in the language it was written in first."""
        return {"title": self.title, "summary": self.summary, "body": self.body}

    @property
    def translation(self) -> dict[str, str]:
        return {"title": self.title_translated, "summary": self.summary_translated, "body": self.body_translated}

    def text_in(self, language: str) -> dict[str, str]:
        """Title, summary and body in `language`, whether or not they are there."""
        return self.original if language == self.language else self.translation

    @property
    def readable_languages(self) -> list[str]:
        """The languages a reader may be given, the original first."""
        return [self.language, self.other_language] if self.translation_state in READABLE else [self.language]

    def language_for(self, language: str) -> str:
        """The language in which somebody who reads `language` gets it: theirs when it is there and not outdated beyond
        use, the original otherwise. Never half of each."""
        return language if language == self.language or self.translation_state in READABLE else self.language

    @cached_property
    def headline(self) -> dict[str, str]:
        """Title and summary in the reader's language, or in the one there is. What a row shows: no text is loaded.

        `language`: which one; `lang`: the same where it must be marked, because it is not the reader's.
        """
        reader = reading_language()
        used = self.language_for(reader)
        lang = used if used != reader else ""
        if used == self.language:
            return {"title": self.title, "summary": self.summary, "language": used, "lang": lang}
        return {"title": self.title_translated, "summary": self.summary_translated, "language": used, "lang": lang}

    @cached_property
    def shown(self) -> dict[str, str]:
        """The text in the reader's language, or in the one there is. `language` says which."""
        used = self.language_for(reading_language())
        return {**self.text_in(used), "language": used}

    @property
    def display_title(self) -> str:
        return self.headline["title"]

    @property
    def behalf(self) -> str:
        return self.behalf_in(self.headline["language"])

    def behalf_in(self, language: str) -> str:
        return (self.on_behalf if language == self.language else self.on_behalf_translated) or self.on_behalf

    # -- life --------------------------------------------------------------------------------------------------------

    @property
    def is_expired(self) -> bool:
        return self.expires is not None and self.expires <= timezone.now()

    @property
    def is_public(self) -> bool:
        """Whether it was published once: what changes it from now on is a correction."""
        return self.published is not None

    def missing(self) -> list[Any]:
        """What still keeps it from being published, in words. Empty: the gate is open."""
        return missing_languages(self) + self._missing_facts()

    def _missing_facts(self) -> list[Any]:
        found: list[Any] = []
        if self.unit_id is None:
            found.append(_("Say which unit it comes from."))
        if self.expire_at and self.expire_at <= max(timezone.now(), self.go_live_at or timezone.now()):
            found.append(_("It would expire before it is published: choose a later end."))
        if self.event_ends and (not self.event_starts or self.event_ends < self.event_starts):
            found.append(_("What takes place ends before it begins."))
        if self.is_public and not self.correction.get("touch_up") and not self.correction.get("note_fr"):
            found.append(_("Say in a sentence what the correction changes."))
        return found

    def with_content_json(self, content: dict[str, Any]) -> "Notice":
        """This object with the text of a revision; what is not of the text stays as it is (`DRAFTED`)."""
        obj = super().with_content_json(content)
        for field in self._meta.concrete_fields:
            if field.name not in DRAFTED:
                setattr(obj, field.attname, getattr(self, field.attname))
        if "space" in self._state.fields_cache:
            obj.space = self.space
        return obj

    def draft(self) -> "Notice":
        """What is being written: the latest revision's text on this row."""
        return self.get_latest_revision_as_object()

    def get_workflow(self) -> Workflow | None:
        """The steps its site asks for."""
        return self.space.site.get_workflow()

    @classmethod
    def get_base_content_type(cls) -> ContentType:
        """Revisions and workflows are of notices: what they share with other content has neither."""
        return cls.get_content_type()

    @transaction.atomic
    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        """Wagtail's own door to publishing: the desk, the workflow's end and the clock all come through here.

        SECURITY: so the gate and the rule are asked here, whoever calls.
        """
        if not publishing.send(Notice, notice=revision.as_object(), revision=revision, person=user):
            raise RuntimeError("nothing checks what is published")
        kwargs["skip_permission_checks"] = True
        before = self.live_revision_id
        super().publish(revision, user=user, **kwargs)
        went_public.send(Notice, notice=self, revision=revision, person=user, before=before)

    @transaction.atomic
    def unpublish(
        self, set_expired: bool = False, commit: bool = True, user: Any = None, log_action: Any = True
    ) -> None:
        """Wagtail's own door to the end of a publication, by hand or by the clock."""
        super().unpublish(set_expired=set_expired, commit=commit, user=user, log_action=log_action)
        if commit:
            ended.send(Notice, notice=self, person=user, expired=set_expired)

    # -- Wagtail's preview -------------------------------------------------------------------------------------------

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("fr", _("French")), ("en", _("English"))]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "publications/preview.html"


class Correction(models.Model):
    """One correction of a published notice: what changed, said by whom. Chained: the original is the first revision."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="corrections")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note_fr = models.CharField(max_length=400, blank=True)
    note_en = models.CharField(max_length=400, blank=True)
    # Marked by its author as changing what people must do: they acknowledge again.
    is_material = models.BooleanField(default=False)
    before = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")
    after = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")

    note = Pair("note")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["notice", "-at"], name="publications_corrections")]

    def __str__(self) -> str:
        return f"{self.notice_id} corrected at {self.at:%Y-%m-%d %H:%M}"
