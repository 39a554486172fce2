"""How every form is drawn: label, help, error, control, and a summary of errors on top."""

from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """Named by the FORM_RENDERER setting. `{{ form }}` then gives the whole form but its buttons.

    A form whose fields are all optional (a filter) says `mark_optional = False`.
    """

    form_template_name = "ui/field/form.html"
    field_template_name = "ui/field/field.html"
