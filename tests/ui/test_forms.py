"""Forms: labels, help, errors and summary are tied together for those who do not see the page."""

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import override

from foundation.ui.forms import FormRenderer


class Leave(forms.Form):
    default_renderer = FormRenderer

    reason = forms.CharField(label="Motif", help_text="En une ligne.")
    phone = forms.CharField(label="Téléphone", required=False)
    kind = forms.ChoiceField(label="Genre", choices=[("a", "A")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Confirmer", required=False)


class Filter(forms.Form):
    default_renderer = FormRenderer
    mark_optional = False

    q = forms.CharField(required=False)


def test_optional_fields_say_so_in_words():
    with override("fr"):
        html = str(Leave())
    assert html.count("(facultatif)") == 1
    assert "error-summary" not in html
    assert "(facultatif)" not in str(Filter())


def test_errors_are_tied_to_their_control_and_listed_on_top():
    with override("fr"):
        html = str(Leave({}))
    assert html.index("error-summary") < html.index("<label")
    assert 'href="#id_reason"' in html
    assert 'id="id_reason_error"' in html
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in html
    assert 'aria-invalid="true"' in html
    assert "Il y a des problèmes" in html
    assert 'href="#id_kind"' in html
    assert 'id="id_kind"' in html


def test_what_was_typed_is_escaped_and_kept():
    html = str(Leave({"phone": '"><script>'}))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_an_error_page_needs_no_request():
    with override("fr"):
        html = render_to_string("ui/error/error.html", {"code": 500, "title": "Panne", "reference": "abc"})
    assert '<html lang="fr" data-theme="auto">' in html
    assert "abc" in html
    assert "data-socket" not in html
    assert "style=" not in html
