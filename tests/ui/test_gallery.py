"""The developers' gallery opens: every component in its states, in both languages."""

import pytest
from django.test import Client, override_settings
from django.urls import include, path

pytestmark = pytest.mark.django_db

urlpatterns = [path("ui/", include("foundation.ui.urls")), path("", include("intranet.urls"))]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", ["", "home/", "thread/", "error/"])
def test_the_gallery_opens(page: str, language: str) -> None:
    with override_settings(ROOT_URLCONF="tests.ui.test_gallery"):
        answer = Client().get(f"/ui/{page}?language={language}&theme=dark")
    assert answer.status_code == 200
