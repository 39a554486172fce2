"""Choosing who may see something: a form field that gives an any-of set of principals.

    class NoticeForm(AudienceForm):
        audience = AudienceField(label=_("Who receives it"))

    form = NoticeForm(request.POST or None, author=request.user, initial={"audience": audience.principals})

Everyone, elected officials, units, groups and saved audiences, people. It works without script: a checked box is a
chosen audience, and one text adds another; the form comes back while one chooses, without errors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from foundation.audiences.policies import ask
from foundation.audiences.principals import ELECTED, EVERYONE, holders_of, principal
from foundation.audiences.reach import Reach, how_many
from foundation.spaces.models import Space

from ..models import Group, Person, Unit
from ..policies import members_hidden_from
from ..rules.values import uuids
from .choices import SUGGESTED, Choice, groups, principal_named, units

MOST = 50
SAMPLE = 3
MODELS: dict[str, Any] = {"unit": Unit, "group": Group, "person": Person, "space": Space}
ICONS = {"unit": "sitemap", "group": "users-group", "person": "user", "space": "users-group"}
SALT = "directory.audience"


@dataclass(frozen=True)
class Chosen:
    """One part of an audience. `key`: what the form sends, with a uuid; `principal`: what is kept."""

    key: str
    principal: str
    label: str
    icon: str = ""


class Draft:
    """An audience being chosen: the boxes that are checked and the text that adds one more.

    `kept`: principals that stay allowed, because the audience had them. SECURITY: the others must be seen by `author`.
    """

    def __init__(self, author: Any, keys: Iterable[str], text: str = "", kept: frozenset[str] = frozenset()) -> None:
        self.author, self.kept = author, kept
        self.text, self.error = " ".join(text.replace("\0", " ").split())[:254], ""
        self.keys = list(dict.fromkeys(keys))[:MOST]
        if self.text:
            try:
                self.keys.append(principal_named(self.text, self._choices, self.author))
                self.text = ""
            except ValidationError as error:
                self.error = error.messages[0]
        self.has_everyone, self.has_elected = EVERYONE in self.keys, ELECTED in self.keys

    @classmethod
    def of(cls, author: Any, principals: frozenset[str]) -> "Draft":
        """The draft that an audience begins as."""
        return cls(author, _keys_of(principals), kept=principals)

    @cached_property
    def suggestions(self) -> list[Choice]:
        """What the browser suggests while one types."""
        return self._choices[:SUGGESTED]

    @cached_property
    def _choices(self) -> list[Choice]:
        theirs = [Choice(f"unit:{one.value}", one.label, one.name) for one in units(self.author)]
        return theirs + [Choice(f"group:{one.value}", one.label, one.name) for one in groups(self.author)]

    @cached_property
    def chosen(self) -> list[Chosen]:
        """Units, groups and people, in the order in which they were chosen. Four queries at most."""
        found: dict[str, Chosen] = {}
        for prefix, model in MODELS.items():
            wanted = uuids(key.partition(":")[2] for key in self.keys if key.startswith(f"{prefix}:"))
            if not wanted:
                continue
            seen = set(_open(model.objects.visible_to(self.author), prefix).filter(uuid__in=wanted))
            # SECURITY: a community is never offered here; one that is kept has its name only for those who know it.
            for one in model.objects.filter(uuid__in=wanted):
                held = principal(prefix, one.pk)
                if held in self.kept or (one in seen and prefix != "space"):
                    key = f"{prefix}:{one.uuid}"
                    label = str(one) if one in seen else _("Something you do not see")
                    found[key] = Chosen(key, held, label, ICONS[prefix])
        return [found[key] for key in self.keys if key in found]

    @property
    def principals(self) -> frozenset[str]:
        """The audience as it stands."""
        whole = {one for one in (EVERYONE, ELECTED) if one in self.keys}
        return frozenset(whole | {one.principal for one in self.chosen})

    @cached_property
    def reach(self) -> Reach:
        """How many people it reaches."""
        return how_many(self.author, self.principals)

    @cached_property
    def sample(self) -> list[str]:
        """The names of some of those it reaches, always the same for the same people.

        SECURITY: of people `author` sees, and of no group whose members they do not.
        """
        open_ones = self.principals - members_hidden_from(self.author, [one.principal for one in self.chosen])
        if not open_ones:
            return []
        people = Person.objects.visible_to(self.author).filter(holders_of(open_ones))
        return [one.name for one in people.order_by("uuid")[:SAMPLE]]

    @property
    def signed(self) -> str:
        """What is kept, for the fragment that replaces the field: it does not know the form it stands in."""
        return signing.dumps([self.author.pk, sorted(self.kept)], salt=SALT) if self.kept else ""


def kept_in(signed: str, author: Any) -> frozenset[str]:
    """The principals of `Draft.signed`, if they were signed for `author`."""
    try:
        person, principals = signing.loads(signed, salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return frozenset()
    return frozenset(principals) if person == author.pk else frozenset()


def _open(rows: Any, prefix: str) -> Any:
    return rows.active() if prefix in ("unit", "group") else rows


def _keys_of(principals: Iterable[str]) -> list[str]:
    """What the form sends for these principals."""
    keys = [one for one in (EVERYONE, ELECTED) if one in principals]
    for prefix, model in MODELS.items():
        ids = [int(one.partition(":")[2]) for one in principals if one.startswith(f"{prefix}:")]
        if ids:
            keys += sorted(f"{prefix}:{one}" for one in model.objects.filter(pk__in=ids).values_list("uuid", flat=True))
    return keys


class AudienceInput(forms.Widget):
    """The markup of `AudienceField`. Its value is a set of principals, or a `Draft` of what the form sent."""

    template_name = "directory/audience_field/audience_field.html"
    use_fieldset = True

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.author: Any = None
        self.kept: frozenset[str] = frozenset()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Draft:
        keys = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return Draft(self.author, keys, data.get(f"{name}-text", ""), self.kept)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        draft = value if isinstance(value, Draft) else Draft.of(self.author, frozenset(value or ()))
        return {
            **context,
            "draft": draft,
            "name": name,
            "reach": draft.reach.people,
            "is_exact": draft.reach.is_exact,
            # The form says it above the field.
            "shows_error": draft.error and not context["widget"]["attrs"].get("aria-invalid"),
            "can_compose": ask(self.author, "directory.create_group", None),
        }


class AudienceField(forms.Field):
    """Gives a frozenset of principals for `audience_of`; empty where nothing was chosen and nothing is required.

    ValidationError for a text that names nothing.
    """

    widget = AudienceInput

    def clean(self, value: Draft) -> frozenset[str]:
        if value.error:
            raise ValidationError(value.error, code="unknown")
        if self.required and not value.principals:
            raise ValidationError(_("Choose who."), code="required")
        return value.principals

    def has_changed(self, initial: Any, data: Any) -> bool:
        return frozenset(initial or ()) != data.principals


class AudienceForm(forms.Form):
    """A form with audiences chosen by `author`. While they choose it is neither valid nor wrong: show it again."""

    def __init__(self, *args: Any, author: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audiences = [name for name, one in self.fields.items() if isinstance(one, AudienceField)]
        for name in self.audiences:
            widget: Any = self.fields[name].widget
            widget.author = author
            widget.kept = frozenset(self.get_initial_for_field(self.fields[name], name) or ())

    @property
    def is_composing(self) -> bool:
        """Whether the button that adds to an audience was pressed. With no text beside it, Enter was, elsewhere."""
        names = [self.add_prefix(name) for name in self.audiences]
        return self.is_bound and any(self.data.get(f"{one}-do") and self.data.get(f"{one}-text") for one in names)

    def full_clean(self) -> None:
        if self.is_composing:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.is_composing and super().is_valid()
