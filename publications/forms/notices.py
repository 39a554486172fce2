"""Writing a notice: everything on one page, what is needed once a month on top, the rest folded away."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.forms.audiences import AudienceField, AudienceForm
from directory.forms.fields import PersonField
from directory.models import Unit
from foundation.content.models import Content
from foundation.ui.widgets import RichTextInput

from ..models import BODY_MAX, JOURNAL, Genre, Notice, Site, Tag

TEXTS = ("title", "summary", "body")
DAYS_MOST = 365


class MomentInput(forms.DateTimeInput):
    """A date and an hour, in the city's time."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        self.input_type = "datetime-local"


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=MomentInput(),
        input_formats=formats,
        help_text=help_text,
        error_messages={"invalid": _("Give a day and an hour.")},
    )


class PairForm(forms.Form):
    """The texts of a notice in both languages."""

    # Nearly all of it is: saying so at each field would say nothing.
    mark_optional = False

    title_fr = forms.CharField(label=_("Title in French"), max_length=250, required=False)
    summary_fr = forms.CharField(
        label=_("Summary in French"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences, shown in lists and notifications."),
    )
    body_fr = forms.CharField(
        label=_("Text in French"), max_length=BODY_MAX, required=False, widget=RichTextInput(language="fr")
    )
    title_en = forms.CharField(
        label=_("Title in English"), max_length=250, required=False, widget=forms.TextInput(attrs={"lang": "en"})
    )
    summary_en = forms.CharField(
        label=_("Summary in English"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
    )
    body_en = forms.CharField(
        label=_("Text in English"), max_length=BODY_MAX, required=False, widget=RichTextInput(language="en")
    )
    translation_ready = forms.BooleanField(label=_("The translation is ready to be published"), required=False)
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def texts(self, original: str) -> dict[str, Any]:
        """The texts as the actions take them, given the language written in first."""
        values: dict[str, Any] = {}
        for language in ("fr", "en"):
            suffix = "" if language == original else "_translated"
            for name in TEXTS:
                values[f"{name}{suffix}"] = self.cleaned_data[f"{name}_{language}"]
        values["translation_ready"] = self.cleaned_data["translation_ready"]
        return values


def texts_of(notice: Notice) -> dict[str, Any]:
    """The texts of a draft as the form shows them."""
    found: dict[str, Any] = {
        f"{name}_{language}": notice.text_in(language)[name] for language in ("fr", "en") for name in TEXTS
    }
    found["translation_ready"] = bool(notice.translated_from) and notice.translated_from == notice.original
    return found


class TranslationForm(PairForm):
    """The other language alone: the original is read beside it."""

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TEXTS:
            del self.fields[f"{name}_{notice.language}"]
        self.fields[f"title_{notice.other_language}"].required = True

    def translation(self, language: str) -> dict[str, Any]:
        values = {f"{name}_translated": self.cleaned_data[f"{name}_{language}"] for name in TEXTS}
        return {**values, "translation_ready": self.cleaned_data["translation_ready"]}


class NoticeForm(AudienceForm, PairForm):
    """A notice. `sites`: where `author` may draft; `notice`: the draft being changed, if any."""

    site = forms.ModelChoiceField(
        label=_("Published by"), queryset=Site.objects.none(), error_messages={"required": _("Say who publishes it.")}
    )
    genre = forms.ChoiceField(label=_("What sort of publication"), choices=Genre.choices)
    language = forms.ChoiceField(
        label=_("Written first in"), choices=[("fr", "Français"), ("en", "English")], required=False
    )
    audience = AudienceField(
        label=_("Who receives it"),
        required=False,
        help_text=_("Nothing chosen: everyone who reads this site."),
    )
    tags = forms.ModelMultipleChoiceField(
        label=_("Subjects"),
        queryset=Tag.objects.none(),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    unit = forms.ModelChoiceField(label=_("Unit it comes from"), queryset=Unit.objects.none(), required=False)
    on_behalf_fr = forms.CharField(
        label=_("On behalf of, in French"), max_length=200, required=False, help_text=_("“La directrice générale”")
    )
    on_behalf_en = forms.CharField(label=_("On behalf of, in English"), max_length=200, required=False)
    contact = PersonField(label=_("Contact"), required=False)
    contact_note = forms.CharField(
        label=_("Other way to reach the team"), max_length=200, required=False, help_text=_("A telephone, an address.")
    )
    related = forms.CharField(
        label=_("See also"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Addresses of pages of the portal, one a line."),
    )
    acknowledgement = forms.ChoiceField(
        label=_("Acknowledgement"), choices=Notice.Acknowledgement.choices, required=False, widget=forms.RadioSelect
    )
    acknowledge_within = forms.IntegerField(
        label=_("Days to acknowledge"), min_value=1, max_value=DAYS_MOST, required=False
    )
    go_live_at = _moment(_("Publish on"), _("Left empty: as soon as it is approved."))
    expire_at = _moment(_("In force until"), _("Left empty: without end."))
    event_starts = _moment(_("Takes place from"), _("For what has a date: it can be put in calendars."))
    event_ends = _moment(_("until"))
    event_place = forms.CharField(label=_("Place"), max_length=200, required=False)
    change = forms.ChoiceField(
        label=_("What kind of change"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("touch_up", _("A touch-up: a slip of the pen. Nobody is told.")),
            ("correction", _("A correction: readers are told.")),
            ("material", _("A material correction: readers are told, and those who acknowledged do it again.")),
        ],
        initial="correction",
    )
    note_fr = forms.CharField(label=_("What changes, in French"), max_length=400, required=False)
    note_en = forms.CharField(label=_("What changes, in English"), max_length=400, required=False)
    sending_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=lambda: uuid4().hex)

    def __init__(self, *args: Any, author: Any, sites: Any, notice: Notice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, author=author, **kwargs)
        self.notice = notice
        self.author = author
        fields: Any = self.fields
        fields["site"].queryset = sites
        fields["unit"].queryset = Unit.objects.visible_to(author).active().order_by("path")
        fields["tags"].queryset = Tag.objects.all()
        fields["contact"].reader = author
        if notice is None or notice.genre not in JOURNAL:
            fields["genre"].choices = [one for one in Genre.choices if one[0] not in JOURNAL]
        if notice is not None:
            del fields["site"]
            if not notice.is_public:
                for name in ("note_fr", "note_en", "change"):
                    del fields[name]
        else:
            for name in ("note_fr", "note_en", "change"):
                del fields[name]
            if not Tag.objects.exists():
                del fields["tags"]
            if len(sites) == 1:
                fields["site"].initial = sites[0]
                fields["site"].widget = forms.HiddenInput()

    @property
    def is_bilingual(self) -> bool:
        """Whether the site asks for both languages: English is then not folded away."""
        site = self.notice.space.site if self.notice else self.fields["site"].initial
        return bool(site and site.languages == "both")

    def clean_related(self) -> list[str]:
        """The uuids at the end of addresses of the portal. What one may not see is left out by the action."""
        found = []
        for line in self.cleaned_data["related"].split():
            key = next((one for one in line.rstrip("/").split("/")[::-1] if len(one) == 36), "")
            if not Content.objects.visible_to(self.author).filter(uuid=_uuid(key)).exists():
                raise ValidationError(
                    _("There is no page of the portal at %(address)s."), params={"address": line[:80]}
                )
            found.append(key)
        return found

    def clean_go_live_at(self) -> Any:
        moment = self.cleaned_data["go_live_at"]
        before = self.notice.go_live_at if self.notice else None
        # The control holds minutes.
        is_same = before is not None and moment == before.replace(second=0, microsecond=0)
        if moment and moment <= timezone.now() and not is_same:
            raise ValidationError(_("This moment is past: choose a later one, or leave it empty."))
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        original = cleaned.get("language") or (self.notice.language if self.notice else "fr")
        if not cleaned.get(f"title_{original}") and f"title_{original}" not in self.errors:
            self.add_error(f"title_{original}", _("Give the notice a title."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        data = self.cleaned_data
        original = data.get("language") or (self.notice.language if self.notice else "fr")
        behalf = {"fr": data["on_behalf_fr"], "en": data["on_behalf_en"]}
        other = "en" if original == "fr" else "fr"
        plain = (
            "genre", "audience", "contact_note", "related", "go_live_at", "expire_at", "event_starts",
            "event_ends", "event_place", "acknowledgement", "acknowledge_within", "contact",
        )  # fmt: skip
        values = {
            **self.texts(original),
            **{name: data[name] for name in plain},
            "language": original,
            "on_behalf": behalf[original],
            "on_behalf_translated": behalf[other],
        }
        if data.get("unit"):
            values["unit"] = data["unit"]
        if "tags" in data:
            values["tags"] = [one.slug for one in data["tags"]]
        if not data["acknowledgement"]:
            values["acknowledge_within"] = None
        return values

    def correction(self) -> dict[str, Any] | None:
        """What the change of a published notice is; None while nothing is published."""
        if "change" not in self.fields:
            return None
        kind = self.cleaned_data["change"] or "correction"
        notes = {name: self.cleaned_data[name] for name in ("note_fr", "note_en")}
        return {**notes, "touch_up": kind == "touch_up", "material": kind == "material"}


def initial_of(notice: Notice, addressees: frozenset[str]) -> dict[str, Any]:
    """What the form shows of a draft."""
    behalf = {notice.language: notice.on_behalf, notice.other_language: notice.on_behalf_translated}
    plain = (
        "genre", "language", "unit", "contact", "contact_note", "go_live_at", "expire_at", "event_starts",
        "event_ends", "event_place", "acknowledgement", "acknowledge_within",
    )  # fmt: skip
    correction: Mapping[str, Any] = notice.correction
    kinds = [name for name in ("touch_up", "material") if correction.get(name)]
    return {
        **texts_of(notice),
        **{name: getattr(notice, name) for name in plain},
        "on_behalf_fr": behalf["fr"],
        "on_behalf_en": behalf["en"],
        "audience": addressees,
        "tags": [one.slug for one in notice.tags.all()],
        "related": "\n".join(one.get_absolute_url() for one in notice.related.select_related("space")),
        "based_on": notice.latest_revision_id,
        "note_fr": correction.get("note_fr", ""),
        "note_en": correction.get("note_en", ""),
        "change": kinds[0] if kinds else "correction",
    }


def _uuid(text: str) -> Any:
    field = forms.UUIDField(required=False)
    try:
        return field.clean(text)
    except ValidationError:
        return None


class CommentForm(forms.Form):
    """A reviewer's word."""

    comment = forms.CharField(
        label=_("Comment"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReopenForm(forms.Form):
    """Until when what ended is in force again."""

    until = _moment(_("In force until"), _("Left empty: without end."))
