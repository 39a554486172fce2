"""Alerts through the doors people use: raising, the banner, the clock, who may and who may not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.actions import create_unit
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE, principal
from foundation.content.models import Content, State
from foundation.spaces.actions import add_member, create_space
from foundation.spaces.models import Membership, Role, Space
from intranet.demo.alerts import load_alerts
from publications.actions.alerts import Wording, change_alert, end_alert, is_safe_link, raise_alert
from publications.models import Alert, PutAway, Severity, Site
from publications.tasks import seconds_to_alerts, tick_alerts
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db
WORDS = Wording("Fuite de gaz", "Gas leak", "Sortez par l'escalier nord.", "Leave by the north stairs.")


@pytest.fixture
def chief(city: Unit) -> Person:
    """Owner of the city's site."""
    return make_person("claire.chef", unit=city)


@pytest.fixture
def city_site(city: Unit, chief: Person) -> Site:
    space = create_space(
        Space.Kind.SITE, actor=chief, name_fr="Ville", name_en="City", audience=audience_of({EVERYONE})
    )
    return Site.objects.create(space=space, unit=city, is_city=True)


@pytest.fixture
def editor(borough: Unit) -> Person:
    """Editor of the borough's site."""
    return make_person("edgar.redacteur", unit=borough)


@pytest.fixture
def site(borough: Unit, editor: Person, chief: Person) -> Site:
    """The borough's own, for its people."""
    space = create_space(
        Space.Kind.SITE,
        actor=chief,
        name_fr="Verdun",
        audience=audience_of({principal("unit", borough.pk)}),
    )
    add_member(space, editor, Role.EDITOR, actor=fresh(chief))
    return Site.objects.create(space=space, unit=borough, code="VRD")


@pytest.fixture
def neighbour(city: Unit) -> Person:
    """An employee of another borough."""
    return make_person("nadia.voisine", unit=create_unit("LACHINE", "Lachine", kind="borough", parent=city))


def _raise(site: Site, actor: Person, *, to: Any = None, severity: int = Severity.INFO, **options: Any) -> Alert:
    audience = {principal("unit", site.unit_id)} if to is None else to
    options.setdefault("ends", timezone.now() + timedelta(hours=2))
    words = options.pop("words", WORDS)
    return raise_alert(site, words, actor=fresh(actor), severity=severity, audience=audience, **options)


def _html(client: Client, path: str = "/") -> str:
    # A change renews what is kept when it is committed, and these tests never commit.
    cache.clear()
    return client.get(path).content.decode()


def _form(site: Site, **values: Any) -> dict[str, Any]:
    return {
        "site": str(site.space.uuid),
        "severity": "10",
        "title_fr": WORDS.title_fr,
        "title_en": WORDS.title_en,
        "body_fr": WORDS.body_fr,
        "body_en": WORDS.body_en,
        "audience": [f"unit:{site.unit.uuid}"],
        "ends": (timezone.localtime() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
        **values,
    }


def test_an_editor_raises_it_and_its_audience_sees_it_on_every_page(
    site: Site, editor: Person, colleague: Person, neighbour: Person, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(editor).post("/alerts/new/", _form(site))
    assert answer.status_code == 302, answer.content.decode()
    theirs = sign_in(colleague)
    for path in ("/", "/people/", "/notifications/", "/communities/"):
        assert "Fuite de gaz" in _html(theirs, path)
    html = _html(theirs)
    assert html.index('id="alerts"') > html.index('id="content"')
    assert "Information" in html and "#info-circle" in html
    # Each in their own language.
    assert "Leave by the north stairs." in _html(sign_in(colleague, "en"))
    others = sign_in(neighbour)
    assert "Fuite de gaz" not in _html(others)
    assert others.get(Alert.objects.get().get_absolute_url()).status_code == 404


def test_both_languages_are_required(site: Site, editor: Person, sign_in: Callable[..., Client]) -> None:
    answer = sign_in(editor).post("/alerts/new/", _form(site, title_en="", body_en=""))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "une alerte est dans les deux langues" in html
    # What was typed is still there.
    assert WORDS.title_fr in html
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (None, timedelta(days=15), "14 jours"),
        (None, timedelta(minutes=-1), "plus tard que maintenant"),
        (timedelta(hours=5), timedelta(hours=4), "après son début"),
        (timedelta(hours=-1), timedelta(hours=4), "passé"),
    ],
)
def test_times_that_make_no_sense_are_refused(
    site: Site, editor: Person, sign_in: Callable[..., Client], starts: timedelta | None, ends: timedelta, said: str
) -> None:
    now = timezone.localtime()
    moments = {"ends": (now + ends).strftime("%Y-%m-%dT%H:%M")}
    if starts is not None:
        moments["starts"] = (now + starts).strftime("%Y-%m-%dT%H:%M")
    answer = sign_in(editor).post("/alerts/new/", _form(site, **moments))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Alert.objects.exists()


def test_only_editors_raise(site: Site, colleague: Person, editor: Person, sign_in: Callable[..., Client]) -> None:
    client = sign_in(colleague)
    answer = client.get("/alerts/new/")
    assert answer.status_code == 403 and "rédaction" in answer.content.decode()
    assert client.post("/alerts/new/", _form(site)).status_code == 403
    made = _raise(site, editor)
    for act in ("edit", "end"):
        assert client.post(f"{made.get_absolute_url()}{act}/", _form(site)).status_code == 403
    made.refresh_from_db()
    assert made.ended is None
    # A contributor of the site writes notices, and raises nothing.
    Membership.objects.create(space=site.space, person=colleague, role=Role.CONTRIBUTOR)
    assert client.get("/alerts/new/").status_code == 403


def test_a_site_alerts_its_own_readers_only(
    site: Site, city_site: Site, editor: Person, chief: Person, neighbour: Person, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(editor).post("/alerts/new/", _form(site, audience=["everyone"]))
    assert answer.status_code == 422 and "en dehors du public de ce site" in answer.content.decode()
    answer = sign_in(editor).post("/alerts/new/", _form(site, audience=[f"person:{neighbour.uuid}"]))
    assert answer.status_code == 422
    assert not Alert.objects.exists()
    _raise(city_site, chief, to={EVERYONE})
    assert "Fuite de gaz" in _html(sign_in(neighbour))


def test_critical_for_everyone_is_for_owners_of_the_citys_site(
    city_site: Site, chief: Person, editor: Person, sign_in: Callable[..., Client]
) -> None:
    add_member(city_site.space, editor, Role.EDITOR, actor=fresh(chief))
    client = sign_in(editor)
    form = _form(city_site, audience=["everyone"])
    assert client.post("/alerts/new/", {**form, "severity": "30"}).status_code == 422
    assert client.post("/alerts/new/", {**form, "severity": "20"}).status_code == 302
    assert sign_in(chief).post("/alerts/new/", {**form, "severity": "30"}).status_code == 302
    critical = Alert.objects.get(severity=Severity.CRITICAL)
    # Nor may an editor change or end what only an owner may raise.
    assert client.post(f"{critical.get_absolute_url()}end/").status_code == 403


def test_an_author_who_is_no_editor_any_more_changes_nothing(
    site: Site, editor: Person, sign_in: Callable[..., Client]
) -> None:
    made = _raise(site, editor)
    Membership.objects.filter(space=site.space, person=editor).update(role=Role.READER)
    assert sign_in(editor).post(f"{made.get_absolute_url()}end/").status_code == 403


def test_a_resent_form_raises_one(site: Site, editor: Person, sign_in: Callable[..., Client]) -> None:
    client, form = sign_in(editor), _form(site, sending_key="abc")
    assert client.post("/alerts/new/", form).status_code == 302
    assert client.post("/alerts/new/", form).status_code == 302
    assert Alert.objects.count() == 1


def test_three_are_shown_most_severe_first_and_the_rest_counted(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    for number, severity in enumerate(
        (Severity.INFO, Severity.CRITICAL, Severity.INFO, Severity.WARNING, Severity.INFO)
    ):
        _raise(site, editor, severity=severity, words=Wording(f"Titre {number}", "T", "Texte", "Text"))
    html = _html(sign_in(colleague), "/people/")
    banner = html[html.index('id="alerts"') : html.index("</section>")]
    assert banner.count("data-alert=") == 3
    assert banner.index("Titre 1") < banner.index("Titre 3") < banner.index("Titre 4")
    assert "2 autres alertes" in banner


def test_it_is_put_away_and_shown_again(
    site: Site, editor: Person, colleague: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    made = _raise(site, editor, severity=Severity.WARNING)
    client = sign_in(colleague)
    assert client.post(f"{made.get_absolute_url()}hide/", {"next": "/people/"})["Location"] == "/people/"
    assert 'data-alert="' not in _html(client, "/people/")
    assert 'data-alert="' in _html(sign_in(member), "/people/")
    # It is still found among the alerts, and comes back from there.
    assert "Afficher de nouveau" in _html(client, "/alerts/")
    client.post(f"{made.get_absolute_url()}show/")
    assert 'data-alert="' in _html(client, "/people/")
    # In place, with a way back.
    fragment = client.post(f"{made.get_absolute_url()}hide/", headers={"HX-Request": "true"}).content.decode()
    assert "Annuler" in fragment and 'data-alert="' not in fragment
    # Somewhere else than this portal one is not sent.
    answer = client.post(f"{made.get_absolute_url()}hide/", {"next": "https://evil.example/"})
    assert answer["Location"] == "/alerts/"


def test_what_is_critical_cannot_be_put_away(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    made = _raise(site, editor, severity=Severity.CRITICAL)
    client = sign_in(colleague)
    assert f"{made.get_absolute_url()}hide/" not in _html(client)
    assert client.post(f"{made.get_absolute_url()}hide/").status_code == 403
    # Nor does one hidden before it became critical stay hidden.
    PutAway.objects.create(alert=made, person=colleague)
    assert 'data-alert="' in _html(client)


def test_a_change_is_seen_again_and_kept_in_the_log(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    made = _raise(site, editor)
    client = sign_in(colleague)
    client.post(f"{made.get_absolute_url()}hide/")
    answer = sign_in(editor).post(
        f"{made.get_absolute_url()}edit/", _form(site, title_fr="Fuite colmatée", severity="20")
    )
    assert answer.status_code == 302, answer.content.decode()
    assert "Fuite colmatée" in _html(client)
    activity = Activity.objects.get(verb="publications.alert_changed")
    assert (
        activity.data["before"]["title"][0] == "Fuite de gaz" and activity.data["after"]["title"][0] == "Fuite colmatée"
    )
    assert activity.data["before"]["severity"] == "info" and activity.data["after"]["severity"] == "warning"
    # Later only: nobody is bothered again.
    client.post(f"{made.get_absolute_url()}hide/")
    made.refresh_from_db()
    words = Wording("Fuite colmatée", WORDS.title_en, WORDS.body_fr, WORDS.body_en)
    later = made.ends + timedelta(hours=1)
    change_alert(made, words, actor=fresh(editor), severity=20, ends=later, audience={principal("unit", site.unit_id)})
    assert 'data-alert="' not in _html(client)


def test_it_is_ended_early_and_every_act_is_recorded(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    made = _raise(site, editor)
    assert sign_in(editor).post(f"{made.get_absolute_url()}end/").status_code == 302
    end_alert(Alert.objects.get(), actor=fresh(editor))
    client = sign_in(colleague)
    assert 'data-alert="' not in _html(client)
    assert "Fuite de gaz" not in _html(client, "/alerts/")
    assert "Fuite de gaz" in _html(sign_in(editor), "/alerts/")
    verbs = list(Activity.objects.filter(content=made).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["publications.alert_raised", "publications.alert_ended"]
    raised = Activity.objects.get(verb="publications.alert_raised")
    assert raised.actor == editor and raised.data["audience"] == [f"unit:{site.unit_id}"]
    # The page of one that is over keeps its history for those who answer for it.
    page = _html(sign_in(editor), made.get_absolute_url())
    assert "a mis fin" in page
    assert "a mis fin" not in _html(client, made.get_absolute_url())


def test_the_clock_begins_and_ends_it_once(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    start = timezone.now()
    made = _raise(site, editor, starts=start + timedelta(hours=1), ends=start + timedelta(hours=2))
    client = sign_in(colleague)
    assert 'data-alert="' not in _html(client)
    assert client.get(made.get_absolute_url()).status_code == 404
    assert tick_alerts() == 0
    with time_machine.travel(start + timedelta(hours=1, seconds=1)):
        assert (tick_alerts(), tick_alerts()) == (1, 0)
        assert 'data-alert="' in _html(client)
    with time_machine.travel(start + timedelta(hours=2, seconds=1)):
        # Over by its end, whether or not the worker looked.
        assert 'data-alert="' not in _html(client)
        assert (tick_alerts(), tick_alerts()) == (1, 0)
        assert 'data-alert="' not in _html(client)
    verbs = list(Activity.objects.filter(content=made).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["publications.alert_raised", "publications.alert_began", "publications.alert_expired"]


def test_missed_while_the_worker_was_down(site: Site, editor: Person) -> None:
    start = timezone.now()
    late = _raise(site, editor, starts=start + timedelta(hours=1), ends=start + timedelta(hours=9))
    over = _raise(site, editor, starts=start + timedelta(hours=1), ends=start + timedelta(hours=2))
    with time_machine.travel(start + timedelta(hours=5)):
        assert (tick_alerts(), tick_alerts()) == (2, 0)
    # The one that lasts is announced, once; the one that is over never was.
    assert Activity.objects.filter(content=late, verb="publications.alert_began").count() == 1
    assert not Activity.objects.filter(content=over, verb="publications.alert_began").exists()
    over.refresh_from_db()
    assert over.state == State.ARCHIVED


def test_the_clock_leaves_the_trash_alone(site: Site, editor: Person) -> None:
    start = timezone.now()
    made = _raise(site, editor, starts=start + timedelta(hours=1), ends=start + timedelta(hours=9))
    Content.objects.filter(pk=made.pk).update(state=State.TRASHED, state_before_trash=State.DRAFT)
    with time_machine.travel(start + timedelta(hours=2)):
        assert tick_alerts() == 0
        Content.objects.filter(pk=made.pk).update(state=State.DRAFT)
        assert tick_alerts() == 1


def test_an_outsider_finds_it_nowhere(
    site: Site, editor: Person, neighbour: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    made = _raise(site, editor, words=Wording("Zyx secret", "Zyx secret", "Qwv caché", "Qwv hidden"))
    for person in (neighbour, outsider):
        client = sign_in(person)
        paths = ("/", "/alerts/", "/alerts/banner/", "/api/v1/alerts", "/api/v1/feed", "/search/?q=zyx", "/people/")
        for path in paths:
            text = _html(client, path).replace("q=zyx", "").replace('value="zyx"', "")
            assert "Zyx secret" not in text and "Qwv" not in text and str(made.uuid) not in text
        for act in ("", "edit/", "end/", "hide/", "show/"):
            address = f"{made.get_absolute_url()}{act}"
            answer = client.get(address) if act in ("", "edit/") else client.post(address)
            assert answer.status_code == 404, address
        assert client.post(f"/api/v1/alerts/{made.uuid}/end").status_code in (403, 404)
        assert client.get(f"/api/v1/alerts/{made.uuid}").status_code == 404


def test_the_api_raises_lists_and_ends(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(editor)
    body = {
        "space": str(site.space.uuid), "severity": "warning", "title_fr": "Panne", "title_en": "Outage",
        "body_fr": "Le réseau.", "body_en": "The network.", "audience": [f"person:{colleague.uuid}"],
        "ends": (timezone.now() + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    answer = client.post("/api/v1/alerts", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["kind"] == "alert" and made["state"] == "current" and made["severity"] == "warning"
    cache.clear()
    [item] = sign_in(colleague).get("/api/v1/alerts").json()["items"]
    assert item["id"] == made["id"] and item["title"] == "Panne"
    unknown = {**body, "audience": ["group:00000000-0000-0000-0000-000000000001"]}
    assert client.post("/api/v1/alerts", unknown, content_type="application/json").status_code == 422
    refused = sign_in(colleague).post("/api/v1/alerts", body, content_type="application/json")
    assert refused.status_code == 403 and refused.json()["detail"]
    assert sign_in(colleague).post(f"/api/v1/alerts/{made['id']}/end").status_code == 403
    assert client.post(f"/api/v1/alerts/{made['id']}/end").json()["state"] == "over"
    assert sign_in(colleague).get("/api/v1/alerts").json()["items"] == []


def test_hostile_words_stay_words(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    client = sign_in(editor)
    form = _form(site, title_fr=nasty, body_fr=nasty, link="/alerts/", link_label_fr=nasty, link_label_en="x")
    assert client.post("/alerts/new/", form).status_code == 302
    for path in ("/", "/alerts/", Alert.objects.get().get_absolute_url(), "/alerts/banner/"):
        html = _html(sign_in(colleague), path)
        assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html
    for link in (
        "javascript:alert(1)",
        "//evil.example/",
        "/\\evil.example",
        "data:text/html,x",
        "JaVaScript:x",
        "/a b",
    ):
        answer = client.post("/alerts/new/", _form(site, link=link, link_label_fr="a", link_label_en="b"))
        assert answer.status_code == 422, link
        assert not is_safe_link(link)
    assert is_safe_link("/notices/") and is_safe_link("https://ville.example/a?b=c")


def test_a_quiet_day_costs_nothing_and_an_alert_one_query(
    site: Site, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(colleague)

    def queries() -> list[str]:
        client.get("/people/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/people/").status_code == 200
        return [one["sql"] for one in found]

    quiet = queries()
    assert not any("publications_alert" in one for one in quiet)
    _raise(site, editor)
    cache.clear()
    one = queries()
    assert len(one) == len(quiet) + 1
    for _number in range(10):
        _raise(site, editor)
    cache.clear()
    assert len(queries()) == len(one)


def test_whatever_the_number_of_people_the_same_rows_are_written(
    city_site: Site, chief: Person, sign_in: Callable[..., Client], deliver: Callable[[], int]
) -> None:
    def raised() -> tuple[int, ...]:
        _raise(city_site, chief, to={EVERYONE})
        deliver()
        return (Content.objects.count(), Activity.objects.count(), Notification.objects.count())

    before = raised()
    for number in range(30):
        make_person(f"p{number}.nouveau", unit=city_site.unit)
    after = raised()
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 0]


def test_the_worker_rests_until_the_next_moment_and_asks_once(
    site: Site, editor: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert seconds_to_alerts(0.5) == 0.5
    start = timezone.now()
    _raise(site, editor, starts=start + timedelta(hours=1), ends=start + timedelta(hours=2))
    with time_machine.travel(start + timedelta(hours=1) - timedelta(seconds=0.2), tick=False):
        assert 0.15 < seconds_to_alerts(0.5) <= 0.2
    with time_machine.travel(start + timedelta(hours=1, seconds=1)), django_assert_num_queries(1):
        assert seconds_to_alerts(0.5) == 0


def test_the_demo_raises_one(site: Site, colleague: Person, sign_in: Callable[..., Client]) -> None:
    assert load_alerts(site.space) == 1
    assert "Entrée principale fermée" in _html(sign_in(colleague))
