"""Forms of sites and their pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.forms.fields import PeopleField, PersonField
from directory.models import Unit
from foundation.spaces.models import Role

from ..actions.pages import PROBLEM_MAX
from ..models import Languages


class NewSiteForm(forms.Form):
    """Open a site."""

    unit = forms.ModelChoiceField(
        label=_("Unit it speaks for"),
        queryset=Unit.objects.none(),
        error_messages={"required": _("Choose a unit."), "invalid_choice": _("Choose a unit.")},
    )
    name_fr = forms.CharField(
        label=_("Name in French"), max_length=160, error_messages={"required": _("Give the site a French name.")}
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    slug = forms.SlugField(
        label=_("Address"), max_length=70, required=False, help_text=_("After /sites/. Empty: made from the name.")
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Begins the numbers of its notices: PMR gives “PMR 2026-12”."),
        error_messages={"required": _("Give the site a code.")},
    )
    template = forms.ChoiceField(
        label=_("Pages it starts with"),
        choices=[("borough", _("Home, services, team, news, questions, contact")), ("empty", _("Home only"))],
        widget=forms.RadioSelect,
        initial="borough",
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (Unit.Kind.CITY, Unit.Kind.BOROUGH, Unit.Kind.SERVICE)
        free = Unit.objects.visible_to(reader).active().filter(kind__in=kinds, site__isnull=True)
        self.fields["unit"].queryset = free.order_by("name_fr")


class SiteSettingsForm(forms.Form):
    """Names and policy of a site."""

    name_fr = forms.CharField(
        label=_("Name in French"), max_length=160, error_messages={"required": _("Give the site a French name.")}
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    description_fr = forms.CharField(
        label=_("What it is about, in French"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    description_en = forms.CharField(
        label=_("What it is about, in English"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        required=False,
        help_text=_("Begins the numbers of its notices: PMR gives “PMR 2026-12”."),
    )
    languages = forms.ChoiceField(label=_("Languages"), choices=Languages.choices, widget=forms.RadioSelect)
    four_eyes = forms.BooleanField(label=_("Notices are approved by somebody else than their author"), required=False)
    managers_draft = forms.BooleanField(label=_("Managers of the unit may draft notices"), required=False)


class SiteMemberForm(forms.Form):
    """Name somebody in a site."""

    people = PeopleField(label=_("People"), error_messages={"required": _("Say whom to name.")})
    role = forms.TypedChoiceField(
        label=_("Role"),
        coerce=int,
        choices=[
            (Role.CONTRIBUTOR, _("Contributor: drafts notices")),
            (Role.EDITOR, _("Editor: writes and publishes pages, approves notices")),
            (Role.OWNER, _("Owner: also decides on settings and members")),
        ],
        initial=Role.EDITOR,
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].reader = reader


class PageSettingsForm(forms.Form):
    """Who looks after a page, and until when it was checked."""

    owner = PersonField(
        label=_("Content owner"),
        help_text=_("Answers for what the page says, and is reminded of its review."),
        error_messages={"required": _("Say who answers for this page.")},
    )
    review_due = forms.DateField(
        label=_("To be reviewed by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    contact = PersonField(label=_("Contact"), required=False, help_text=_("Whom readers may ask. Empty: the owner."))

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].reader = self.fields["contact"].reader = reader


class ProblemForm(forms.Form):
    """What is wrong with a page."""

    text = forms.CharField(
        label=_("What is wrong, or missing?"),
        max_length=PROBLEM_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what the problem is.")},
    )
