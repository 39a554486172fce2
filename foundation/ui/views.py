"""The component gallery, for developers: every component in its states, and trials of whole pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from foundation.ui import samples

THEMES = ("auto", "light", "dark")


def _show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Draw a trial page in `?language=` and `?theme=` with invented people. Reads nothing, changes nothing."""
    language = request.GET.get("language", "fr")
    theme = request.GET.get("theme", "auto")
    with translation.override(language if language in ("fr", "en") else "fr"):
        if not request.user.is_authenticated:
            request.user = samples.CLAIRE  # type: ignore[assignment]
        frame = samples.frame(theme if theme in THEMES else "auto")
        return render(request, template, {"frame": frame, "people": samples.PEOPLE, **context})


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    bound = samples.SampleForm({"title": "", "email": "claire", "body": "Déjà écrit"})
    return _show(
        request,
        "ui/gallery/gallery.html",
        form=samples.SampleForm(),
        bound=bound,
        long=samples.LONG,
        markdown_source=samples.MARKDOWN,
        moments=[samples.ago(seconds=5), samples.ago(minutes=12), samples.ago(hours=3), samples.ago(days=1),
                 samples.ago(days=40), samples.ago(days=500)],
        steps=[{"label": "Documents", "url": "#"}, {"label": samples.LONG, "url": "#"}, {"label": "Plan"}],
        tabs=[{"label": "Discussions", "url": "#", "is_current": True, "count": 12}, {"label": "Wiki", "url": "#"},
              {"label": "Documents", "url": "#"}, {"label": "Membres", "url": "#", "count": 1240}],
    )  # fmt: skip


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return _show(
        request,
        "ui/gallery/home.html",
        lines=samples.FACTS,
        now=samples.ago(),
        recent=samples.ago(minutes=12),
        yesterday=samples.ago(days=1),
        older=samples.ago(days=9),
    )


@login_not_required
def thread(request: HttpRequest) -> HttpResponse:
    return _show(request, "ui/gallery/thread.html", body=samples.MARKDOWN, recent=samples.ago(minutes=12),
                 yesterday=samples.ago(days=1),
                 steps=[{"label": "Communautés", "url": "#"}, {"label": "Béton et chaussées", "url": "#"}])  # fmt: skip


@login_not_required
def error(request: HttpRequest) -> HttpResponse:
    return _show(
        request,
        "ui/error/error.html",
        code=404,
        title="Cette page n'existe pas",
        message="L'adresse a changé, ou la page a été retirée.",
        advice="Vérifiez l'adresse ou passez par la recherche.",
        reference="7f3a-12c9",
    )
