"""How every form is drawn: label, help, error, control, and a summary of errors on top."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """Named by the FORM_RENDERER setting. `{{ form }}` then gives the whole form but its buttons.

    A form whose fields are all optional (a filter) says `mark_optional = False`.
    """

    form_template_name = "ui/field/form.html"
    field_template_name = "ui/field/field.html"


def blame(form: BaseForm, error: ValidationError) -> None:
    """Put what an action or a model found wrong beside the fields it is about, or on top where the form has none."""
    told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in told.items():
        form.add_error(name if name in form.fields else None, texts)
