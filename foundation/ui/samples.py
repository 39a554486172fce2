"""Invented people, spaces and things with long names, for the component gallery only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

LONG = "Côte-des-Neiges–Notre-Dame-de-Grâce"


@dataclass
class SamplePerson:
    name: str
    initials: str
    title: str
    number: int = 1
    is_authenticated: bool = True
    uuid: uuid.UUID = field(init=False)

    def __post_init__(self) -> None:
        self.uuid = uuid.UUID(int=self.number)

    def get_absolute_url(self) -> str:
        return "#person"


CLAIRE = SamplePerson("Claire Desrosiers", "CD", "Conseillère en urbanisme", 1)
PEOPLE = [
    CLAIRE,
    SamplePerson("Nguyễn Thị Bích-Ngọc", "NB", "Ingénieure, division des structures et des chaussées", 2),
    SamplePerson("Jean-François Archambault-Létourneau", "JA", f"Contremaître, arrondissement de {LONG}", 3),
    SamplePerson("Amira Benali", "AB", "Archiviste", 4),
    SamplePerson("Samuel Okonkwo", "SO", "Agent technique", 5),
    SamplePerson("Zoé Lefebvre", "ZL", "Cheffe de section", 6),
    SamplePerson("Patrick O'Connor", "PO", "Pompier", 7),
    SamplePerson("Ève Tremblay", "ET", "Bibliothécaire", 8),
]


@dataclass(frozen=True)
class SampleEntry:
    """A line of the menu, or a space in it."""

    name: str
    url: str
    icon: str = ""
    is_current: bool = False
    on_phone: bool = False

    @property
    def label(self) -> str:
        return self.name


def ago(**delta: float) -> datetime:
    return timezone.now() - timedelta(**delta)


def frame(theme: str) -> dict[str, Any]:
    """The context every signed-in page gets, invented."""
    language = (get_language() or "fr")[:2]
    words = {
        "fr": ["Accueil", "Avis", "Communautés", "Documents", "Wiki", "Tableaux", "Annuaire"],
        "en": ["Home", "Notices", "Communities", "Documents", "Wiki", "Boards", "Directory"],
    }[language]
    icons = ["home", "speakerphone", "users-group", "folder", "books", "chalkboard", "address-book"]
    phone = {0, 1, 2, 6}
    navigation = tuple(
        SampleEntry(label, "#", icons[index], is_current=index == 0, on_phone=index in phone)
        for index, label in enumerate(words)
    )
    return {
        "navigation": navigation,
        "spaces": (
            SampleEntry("Béton et chaussées", "#a"),
            SampleEntry(f"Arrondissement de {LONG}", "#b"),
            SampleEntry("Rédaction épicène", "#c"),
        ),
        "unread": 3,
        "theme": theme,
        "language": language,
        "other_language": "en" if language == "fr" else "fr",
    }


class SampleForm(forms.Form):
    """Every kind of field."""

    title = forms.CharField(label="Titre de l’avis", max_length=80, help_text="Dites l’essentiel en une ligne.")
    email = forms.EmailField(label="Courriel", required=False)
    day = forms.DateField(label="Date de publication", widget=forms.DateInput(attrs={"type": "date"}))
    borough = forms.ChoiceField(label="Arrondissement", choices=[("1", LONG), ("2", "Lachine")])
    kind = forms.ChoiceField(
        label="Genre", choices=[("news", "Nouvelle"), ("notice", "Avis officiel")], widget=forms.RadioSelect
    )
    told = forms.MultipleChoiceField(
        label="Prévenir", choices=[("a", "Les cadres"), ("b", "Les cols bleus")], required=False,
        widget=forms.CheckboxSelectMultiple, help_text="Cochez tout ce qui s’applique.",
    )  # fmt: skip
    body = forms.CharField(label="Texte", widget=forms.Textarea(attrs={"rows": 4}))
    attached = forms.FileField(label="Pièce jointe", required=False)
    sure = forms.BooleanField(label="Demander un accusé de lecture", required=False, help_text="Un rappel part à J+3.")


FACTS = [["Béton et chaussées", "question"], [LONG, "avis"], ["Rédaction épicène", "wiki"]]

MARKDOWN = """# Ce qui change

Les équipes de **déneigement** passent à 21 h. Voir https://ville.example/plan ou le [guide](/docs/guide).

- Trottoirs d’abord
- Écoles ensuite
  1. entrées
  2. stationnements

> « La sécurité d’abord. »

| Secteur | Heure | Équipes |
|:--|:-:|--:|
| Est | 21 h | 12 |
| Ouest | 22 h | 8 |

```
rapport = somme(1, 2)
```
"""
