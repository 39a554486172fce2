"""What a person gives for their mailbox or calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..actions.mailboxes import SECRET_LONGEST
from ..providers import MAIL


class TokenForm(forms.Form):
    """An application password; of a calendar file, its secret address. Never drawn with what was typed."""

    secret = forms.CharField(max_length=SECRET_LONGEST, strip=True)

    def __init__(self, *args: Any, kind: str, asks_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, prefix=kind, **kwargs)
        field = self.fields["secret"]
        if asks_address:
            field.label = _("Secret address of your calendar")
            field.help_text = _(
                "It begins with https:// and usually ends with .ics. Whoever has it reads your calendar."
            )
        else:
            field.label = (
                _("Application password of your mail") if kind == MAIL else _("Application password of your calendar")
            )
            field.help_text = _(
                "Made in the settings of your mail for this use alone; never the password you sign in with."
            )
        field.widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"})
