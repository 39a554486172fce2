"""Forms of sharing."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.audiences.choosing import chooser
from foundation.audiences.principals import Known, principal

from .kinds import ShareRole
from .models import NOTE_MOST, Content, Share


class TermsForm(forms.Form):
    """What a share allows, until when, and a word to whom it is made. The role is asked where there is a choice."""

    role = forms.TypedChoiceField(
        label=_("What they may do"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they may do.")},
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Left empty: without end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Give a day.")},
    )
    note = forms.CharField(
        label=_("A word with it"),
        required=False,
        max_length=NOTE_MOST,
        help_text=_("Those it is shared with read it."),
    )

    def __init__(self, data: Any = None, *, roles: Sequence[ShareRole], share: Share | None = None) -> None:
        """`share`: the one that is changed."""
        initial: dict[str, Any] = {"role": roles[0].role}
        if share is not None:
            within = [one.role for one in roles if one.role <= share.role]
            initial = {"role": within[-1] if within else roles[0].role, "last_day": share.last_day, "note": share.note}
        super().__init__(data, initial=initial)
        self._only = roles[0].role
        choice: Any = self.fields["role"]
        choice.choices = [(one.role, one.label) for one in roles]
        if len(roles) == 1:
            del self.fields["role"]

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day has passed: choose a later one."))
        if day and day.year > timezone.localdate().year + 50:
            raise ValidationError(_("This day is too far away: leave it empty for a share without end."))
        return day

    @property
    def terms(self) -> dict[str, Any]:
        """What the action takes."""
        day = self.cleaned_data["last_day"]
        # Through its last day, in the city's time.
        expires = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None
        return {
            "role": self.cleaned_data.get("role", self._only),
            "expires": expires,
            "note": self.cleaned_data["note"],
        }


class ShareForm(TermsForm):
    """Whom to share with, several at once."""

    field_order = ["people", "role", "last_day", "note"]

    def __init__(self, data: Any = None, *, content: Content, reader: Any, roles: Sequence[ShareRole]) -> None:
        super().__init__(data, roles=roles)
        self.content, self.reader = content, reader
        label = _("With whom")
        self.fields["people"] = chooser(reader, label=label, error_messages={"required": _("Choose with whom.")})
        self.order_fields(self.field_order)

    def clean_people(self) -> list[Known]:
        chosen: list[Known] = self.cleaned_data["people"]
        if any(one.principal == principal("person", self.reader.pk) for one in chosen):
            raise ValidationError(_("You see it already: choose others."))
        its_own = principal("space", self.content.space_id)
        if self.content.audience_id is None and any(one.principal == its_own for one in chosen):
            raise ValidationError(_("This space reads it already: choose others."))
        return chosen
