"""Forms of communities."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.forms.audiences import AudienceField, AudienceForm
from foundation.audiences.principals import EVERYONE
from foundation.spaces.models import Role, Space

from .models import BODY_MAX


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class TopicForm(forms.Form):
    """Start or edit a topic."""

    title = forms.CharField(
        label=_("Title"),
        max_length=250,
        help_text=_("A question is answered faster when it can be read in the title."),
        error_messages={"required": _("Give the topic a title.")},
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown is understood: **bold**, lists, links. Write @ and a user name to mention someone."),
        error_messages={"required": _("Write something before publishing.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("en", "English")])
    sending_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=lambda: uuid4().hex)


class MemberForm(forms.Form):
    """Welcome someone in a community, by their user name or e-mail address."""

    person = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        error_messages={"required": _("Say whom to welcome.")},
    )
    role = forms.TypedChoiceField(
        label=_("Role"),
        coerce=int,
        choices=[(Role.READER, _("Reads")), (Role.CONTRIBUTOR, _("Takes part")), (Role.OWNER, _("Host"))],
        initial=Role.CONTRIBUTOR,
    )


class CommunityForm(AudienceForm):
    """Create or change a community."""

    name_fr = forms.CharField(
        label=_("Name in French"), max_length=160, error_messages={"required": _("Give the community a French name.")}
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
    access = forms.ChoiceField(
        label=_("Who takes part"),
        choices=[
            (Space.Access.OPEN, _("Open: everyone reads, whoever wishes joins")),
            (Space.Access.RESTRICTED, _("Restricted: everyone sees that it exists, invited members read it")),
            (Space.Access.HIDDEN, _("Hidden: only its members know of it")),
        ],
        widget=forms.RadioSelect,
        initial=Space.Access.OPEN,
    )
    visible_for = AudienceField(
        label=_("Visible for"),
        required=False,
        initial=frozenset({EVERYONE}),
        help_text=_(
            "Whom an open or restricted community is shown to. Nothing chosen: all staff and elected officials. Its "
            "members always see it."
        ),
    )
