"""Forms of sources and webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.forms.audiences import AudienceField, AudienceForm
from directory.forms.fields import PersonField
from foundation.spaces.models import Space

from ..models import Genre, Source
from ..models.sources import MINUTES


class SpaceChoiceField(forms.ModelChoiceField):
    """One site, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class SourceForm(AudienceForm):
    """A source: where it is, and what its items become."""

    name_fr = forms.CharField(
        label=_("Name in French"), max_length=120, error_messages={"required": _("Give the source a French name.")}
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("How it comes"), choices=Source.Kind, widget=forms.RadioSelect, initial=Source.Kind.FEED
    )
    address = forms.CharField(
        label=_("Address of the feed"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
        help_text=_("Only for a feed. Machines of the inside network must be allowed by the operator."),
    )
    every = forms.IntegerField(
        label=_("Read every (minutes)"), min_value=MINUTES[0], max_value=MINUTES[1], initial=15, required=False
    )
    space = SpaceChoiceField(label=_("Site it publishes in"), queryset=Space.objects.none())
    genre = forms.ChoiceField(label=_("Genre"), choices=Genre, initial=Genre.PUBLIC_NOTICE)
    language = forms.ChoiceField(label=_("Language"), choices=Source.Language)
    audience = AudienceField(
        label=_("Who receives it"), required=False, help_text=_("Nothing chosen: whoever reads the site.")
    )
    arrival = forms.ChoiceField(
        label=_("What comes"),
        choices=Source.Arrival,
        widget=forms.RadioSelect,
        initial=Source.Arrival.PUBLISH,
        help_text=_(
            "Public notices, calls for tenders and job postings need no second person: they were approved there."
        ),
    )
    change = forms.ChoiceField(
        label=_("When it changes there"),
        choices=Source.Change,
        widget=forms.RadioSelect,
        initial=Source.Change.TOUCH_UP,
    )
    pair = forms.ModelChoiceField(
        label=_("Same journal in the other language"),
        queryset=Source.objects.none(),
        required=False,
        help_text=_("Items with the same id in both become one notice in both languages."),
    )
    keeper = PersonField(
        label=_("In whose name"),
        required=False,
        help_text=_("Their rights in the site decide what may come in. Empty: yours."),
    )

    def __init__(self, *args: Any, author: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, author=author, **kwargs)
        keeper: Any = self.fields["keeper"]
        keeper.reader = author
        spaces: Any = self.fields["space"]
        spaces.queryset = Space.objects.visible_to(author).filter(site__isnull=False, archived=None)
        pairs: Any = self.fields["pair"]
        others = Source.objects.visible_to(author)
        pairs.queryset = others.exclude(pk=source.pk) if source else others
        if source is not None:
            self.fields["kind"].disabled = True

    def clean_every(self) -> int:
        return self.cleaned_data["every"] or 15

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Source.Kind.FEED and not data.get("address") and "address" not in self.errors:
            self.add_error("address", _("Give the address of the feed."))
        return data


class WebhookForm(forms.Form):
    """A webhook: whom to tell, and of what."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=120, error_messages={"required": _("Give the system a name.")}
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
        help_text=_("Receives a POST with JSON. Machines of the inside network must be allowed by the operator."),
        error_messages={"required": _("Give the address of the system.")},
    )
    genres = forms.MultipleChoiceField(
        label=_("Genres"),
        choices=Genre,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None checked: all."),
    )
    space = SpaceChoiceField(label=_("Site"), queryset=Space.objects.none(), required=False, empty_label=_("All sites"))
    narrowed_too = forms.BooleanField(
        label=_("Also what is not for the whole City"),
        required=False,
        help_text=_("Without its title: the system learns only that it exists, and when."),
    )

    def __init__(self, *args: Any, author: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spaces: Any = self.fields["space"]
        spaces.queryset = Space.objects.visible_to(author).filter(site__isnull=False)
