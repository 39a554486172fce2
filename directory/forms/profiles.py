"""What people say of themselves: one form, whose lists grow and shrink without a script."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..actions.profiles import NAME_MAX, SKILL_MAX, SKILLS_MAX
from ..models import Person, PersonLanguage
from ..privacy import LEVELS, level_of, policy
from ..spoken import languages_by_name, weekdays

# A form of more rows than there are languages was made by hand.
ROWS_MAX = 40


class LanguageRows(forms.Widget):
    """One row for each language: which one, how well, and a button that takes the row away."""

    template_name = "directory/widgets/language_rows.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        rows = [(str(code), str(level)) for code, level in value or ()]
        context = super().get_context(name, value, attrs)
        levels = [(str(number), label) for number, label in PersonLanguage.Level.choices]
        return {**context, "rows": rows, "languages": languages_by_name(), "levels": levels}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        codes, levels = data.getlist(name)[:ROWS_MAX], data.getlist(f"{name}_level")[:ROWS_MAX]
        return list(zip(codes, levels, strict=False))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class LanguagesField(forms.Field):
    """{code: level}. A row without language is as if it were not there."""

    widget = LanguageRows

    def to_python(self, value: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for code, level in value or ():
            if not code:
                continue
            if code in found:
                raise ValidationError(_("The same language is there twice."))
            if code not in dict(languages_by_name()) or not level.isdecimal() or int(level) not in PersonLanguage.Level:
                raise ValidationError(_("Choose a language and a level of the list."))
            found[code] = int(level)
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class SkillList(forms.Widget):
    """The skills chosen so far, each with a button that takes it away, and a box for one more with suggestions."""

    template_name = "directory/widgets/skill_list.html"
    use_fieldset = True
    suggestions: list[str]

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.suggestions = []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {**context, "skills": value or [], "suggestions": self.suggestions, "longest": SKILL_MAX}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        # Several may be typed at once, with commas between them.
        typed = [one for text in data.getlist(f"{name}_new")[:ROWS_MAX] for one in text.split(",")]
        return [one.strip() for one in [*data.getlist(name)[:ROWS_MAX], *typed[:ROWS_MAX]] if one.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class SkillsField(forms.Field):
    """Skills as typed. The action decides what can be one."""

    widget = SkillList


class ProfileForm(forms.Form):
    """Preferred name, languages, skills, working days; and who reads which, within the city's policy."""

    mark_optional = False

    preferred_name = forms.CharField(
        label=_("First name people call you by"),
        max_length=NAME_MAX,
        required=False,
        help_text=_("Where it is not the one of the City's directory. Your family name stays."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "spellcheck": "false"}),
    )
    languages = LanguagesField(
        label=_("Languages you speak"), required=False, help_text=_("Colleagues look for them when they need them.")
    )
    skills = SkillsField(
        label=_("Skills"),
        required=False,
        help_text=format_lazy(
            _("What colleagues may ask you about: concrete, epicene writing, spreadsheets. At most {max}."),
            max=SKILLS_MAX,
        ),
    )
    working_days = forms.MultipleChoiceField(
        label=_("Days you work"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Usually.")
    )

    def __init__(self, data: Any = None, *, person: Person, suggestions: list[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["working_days"].choices = weekdays()  # type: ignore[attr-defined]
        self.fields["skills"].widget.suggestions = suggestions  # type: ignore[attr-defined]
        self.locked: list[tuple[str, str]] = []
        for name, field in policy().items():
            if field.is_locked:
                self.locked.append((str(field.label), str(LEVELS[field.default])))
                continue
            choices = [(level, LEVELS[level]) for level in field.levels]
            self.fields[f"privacy_{name}"] = forms.ChoiceField(
                label=field.label, choices=choices, initial=level_of(person, name)
            )

    @property
    def privacy_fields(self) -> list[Any]:
        """The bound fields that say who reads what."""
        return [self[name] for name in self.fields if name.startswith("privacy_")]

    @property
    def values(self) -> dict[str, Any]:
        """What `actions.change_profile` takes, of a valid form."""
        data = self.cleaned_data
        chosen = {name.removeprefix("privacy_"): data[name] for name in data if name.startswith("privacy_")}
        return {
            "preferred_name": data["preferred_name"],
            "languages": data["languages"],
            "skills": data["skills"],
            "working_days": "".join(data["working_days"]),
            "privacy": chosen,
        }


def initial_of(person: Person) -> dict[str, Any]:
    """The form as the person's profile is now."""
    return {
        "preferred_name": person.preferred_name,
        "languages": list(person.languages.order_by("-level", "pk").values_list("language", "level")),
        "skills": [one.skill.name for one in person.skills.select_related("skill").order_by("pk")],
        "working_days": list(person.working_days),
    }


def draft_of(data: QueryDict, form: ProfileForm) -> dict[str, Any]:
    """What is typed so far, checked by nobody yet: to show the same form with one row more or less."""
    return {name: field.widget.value_from_datadict(data, {}, name) for name, field in form.fields.items()}


def with_change(draft: Mapping[str, Any], change: str) -> dict[str, Any]:
    """The draft after a button: "add-language", "remove-language:2", "add-skill", "remove-skill:0"."""
    act, _sep, place = change.partition(":")
    changed = dict(draft)
    if act == "add-language":
        changed["languages"] = [*draft["languages"], ("", str(PersonLanguage.Level.FLUENT.value))]
    elif act in ("remove-language", "remove-skill") and place.isdecimal():
        name = "languages" if act == "remove-language" else "skills"
        changed[name] = [one for index, one in enumerate(draft[name]) if index != int(place)]
    return changed


class PhotoForm(forms.Form):
    """One's own photo."""

    photo = forms.FileField(
        label=_("Choose a picture"),
        help_text=_("JPEG, PNG, GIF or WebP. Its middle is kept, square; where and when it was taken is left out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}),
        error_messages={"required": _("Choose a picture first.")},
    )
