"""The pages a site starts with. Each is in both languages; what still needs somebody's words waits as a draft."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from directory.models import Unit
from foundation.spaces.models import Space

Body = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class StartingPage:
    """One page. `is_ready`: published at once."""

    slug: str
    title_fr: str
    title_en: str = ""
    lead_fr: str = ""
    lead_en: str = ""
    body_fr: Body = ()
    body_en: Body = ()
    is_ready: bool = True


def block(kind: str, value: Any) -> dict[str, Any]:
    """One block as Wagtail stores it."""
    return {"type": kind, "value": value}


def text(html: str) -> dict[str, Any]:
    return block("text", html)


def _notices(title: str, source: str, count: int = 5) -> dict[str, Any]:
    return block("notices", {"title": title, "source": source, "tag": "", "count": count})


def _team(title: str) -> dict[str, Any]:
    return block("team", {"title": title, "unit": ""})


def _home(space: Space, unit: Unit) -> StartingPage:
    name_en = space.name_en or space.name_fr
    return StartingPage(
        slug=space.slug,
        title_fr=space.name_fr,
        title_en=name_en,
        lead_fr=unit.mission_fr[:400] or "Ce que nous faisons, qui nous sommes et comment nous joindre.",
        lead_en=unit.mission_en[:400] or "What we do, who we are and how to reach us.",
        body_fr=[_notices("Nos nouvelles", "site"), _notices("Nouvelles de la Ville", "city", 3)],
        body_en=[_notices("Our news", "site"), _notices("City news", "city", 3)],
    )


def _borough(space: Space, unit: Unit) -> list[StartingPage]:
    return [
        _home(space, unit),
        StartingPage(
            slug="services",
            title_fr="Nos services",
            title_en="Our services",
            lead_fr="À qui s’adresser pour quoi.",
            lead_en="Whom to ask for what.",
            body_fr=[
                text(
                    "<h2>Pour le personnel</h2><p>Décrivez ici ce que votre unité offre à ses collègues.</p>"
                    "<ul><li>Premier service</li><li>Deuxième service</li></ul>"
                ),
                block(
                    "links",
                    {"title": "Formulaires", "links": [{"label": "Applications", "address": "/apps/", "note": ""}]},
                ),
            ],
            body_en=[
                text(
                    "<h2>For staff</h2><p>Describe here what your unit offers to its colleagues.</p>"
                    "<ul><li>First service</li><li>Second service</li></ul>"
                ),
                block(
                    "links", {"title": "Forms", "links": [{"label": "Applications", "address": "/apps/", "note": ""}]}
                ),
            ],
            is_ready=False,
        ),
        StartingPage(
            slug="equipe",
            title_fr="Notre équipe",
            title_en="Our team",
            lead_fr="Les personnes qui travaillent ici, tenues à jour par l’annuaire.",
            lead_en="The people who work here, kept up to date by the directory.",
            body_fr=[_team("")],
            body_en=[_team("")],
        ),
        StartingPage(
            slug="actualites",
            title_fr="Actualités",
            title_en="News",
            lead_fr="Nos avis et nos nouvelles, et ce qui a lieu bientôt.",
            lead_en="Our notices and news, and what takes place soon.",
            body_fr=[_notices("Avis et nouvelles", "site", 20), _notices("À venir", "events", 10)],
            body_en=[_notices("Notices and news", "site", 20), _notices("Coming up", "events", 10)],
        ),
        StartingPage(
            slug="faq",
            title_fr="Foire aux questions",
            title_en="Frequent questions",
            body_fr=[
                block(
                    "faq",
                    {
                        "title": "",
                        "questions": [
                            {"question": "Première question", "answer": "<p>Écrivez ici la réponse.</p>"},
                        ],
                    },
                )
            ],
            body_en=[
                block(
                    "faq",
                    {
                        "title": "",
                        "questions": [{"question": "First question", "answer": "<p>Write the answer here.</p>"}],
                    },
                )
            ],
            is_ready=False,
        ),
        StartingPage(
            slug="nous-joindre",
            title_fr="Nous joindre",
            title_en="Contact us",
            body_fr=[_place(unit, "fr")],
            body_en=[_place(unit, "en")],
        ),
    ]


def _place(unit: Unit, language: str) -> dict[str, Any]:
    name = unit.name_fr if language == "fr" else unit.name_en or unit.name_fr
    hours = (
        "Du lundi au vendredi, de 8\u00a0h\u00a030 à 16\u00a0h\u00a030"
        if language == "fr"
        else "Monday to Friday, 8:30 a.m. to 4:30 p.m."
    )
    return block(
        "place", {"name": name, "lines": "Montréal (Québec)", "hours": hours, "phone": unit.phone, "email": unit.email}
    )


def _empty(space: Space, unit: Unit) -> list[StartingPage]:
    return [_home(space, unit)]


TEMPLATES: dict[str, Callable[[Space, Unit], list[StartingPage]]] = {"borough": _borough, "empty": _empty}
