"""Systems told of publications: what, signed, again and again, and what they are never told."""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.policies import Refused
from foundation.content.actions import trash
from foundation.spaces.models import Space
from publications.actions import add_webhook, archive, publish_now, save_draft, send_due_deliveries, switch_webhook
from publications.actions.webhooks import forget_old_deliveries
from publications.models import Notice, Webhook, WebhookDelivery
from tests.conftest import fresh, make_person

from .conftest import member_of
from .servers import Machine, machine

pytestmark = pytest.mark.django_db
Published = Callable[..., Notice]


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.FEED_SOURCES_ALLOW = ["127.0.0.1"]


@pytest.fixture
def system() -> Iterator[Machine]:
    with machine() as made:
        made.serve("/hook", "merci", 200)
        yield made


@pytest.fixture
def administrator(city: Unit) -> Person:
    return make_person("adele.admin", unit=city, is_staff=True)


@pytest.fixture
def hook(system: Machine, administrator: Person) -> tuple[Webhook, str]:
    return add_webhook({"name": "Site public", "address": f"{system.url}/hook"}, actor=fresh(administrator))


@pytest.fixture
def for_all(draft: Notice, publish: Published, hook: Any) -> Notice:
    """A notice for the whole city, just published."""
    return publish(draft, audience=())


def test_a_publication_is_told_signed_and_without_its_text(
    for_all: Notice, system: Machine, hook: tuple[Webhook, str]
) -> None:
    assert system.asked == [], "nothing goes out in the transaction"
    assert send_due_deliveries() == 1
    [asked] = system.asked
    told = json.loads(asked.body)
    assert (told["event"], told["id"], told["genre"], told["site"]) == (
        "notice.published",
        str(for_all.uuid),
        "notice",
        "verdun",
    )
    assert told["title"] == {"fr": "Nouvel horaire de la cour de voirie", "en": "New hours of the road works yard"}
    assert told["url"].endswith(f"/notices/{for_all.uuid}/")
    assert b"6 h 30" not in asked.body and b"body" not in asked.body
    timestamp = asked.headers["x-parvis-timestamp"]
    assert abs(time.time() - int(timestamp)) < 60
    mac = hmac.new(hook[1].encode(), timestamp.encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-parvis-signature"] == f"sha256={mac}"
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.answer) == ("done", 200, "merci")
    assert send_due_deliveries() == 0


def test_corrections_ends_and_withdrawals_are_told(for_all: Notice, system: Machine, approver: Person) -> None:
    save_draft(
        for_all,
        {"summary": "Dès mardi.", "translation_ready": True},
        actor=fresh(approver),
        correction={"note_fr": "Le jour."},
    )
    publish_now(for_all, actor=fresh(approver))
    archive(for_all, actor=fresh(approver))
    trash(Notice.objects.get(pk=for_all.pk), actor=fresh(approver))
    send_due_deliveries()
    assert [one.headers["x-parvis-event"] for one in system.asked] == [
        "notice.published",
        "notice.corrected",
        "notice.ended",
        "notice.withdrawn",
    ]


def test_what_is_not_for_all_is_not_told_or_without_its_title(
    draft: Notice, publish: Published, system: Machine, hook: tuple[Webhook, str], administrator: Person
) -> None:
    add_webhook({"name": "Archives", "address": f"{system.url}/hook", "narrowed_too": True}, actor=fresh(administrator))
    publish(draft)
    assert send_due_deliveries() == 1
    told = json.loads(system.asked[0].body)
    assert told["title"] is None and b"horaire" not in system.asked[0].body


def test_drafts_are_told_to_nobody(draft: Notice, hook: Any, manager: Person) -> None:
    trash(draft, actor=fresh(manager))
    assert not WebhookDelivery.objects.exists()


def test_only_the_genres_and_the_site_one_asked_for(
    draft: Notice, publish: Published, city_site: Space, system: Machine, administrator: Person
) -> None:
    for values in ({"genres": ["tender"]}, {"space": city_site}):
        add_webhook({"name": "x", "address": f"{system.url}/hook", **values}, actor=fresh(administrator))
    publish(draft, audience=())
    assert not WebhookDelivery.objects.exists()


def test_a_change_that_is_undone_tells_nothing(draft: Notice, hook: Any, approver: Person) -> None:
    save_draft(draft, {"audience": ()}, actor=fresh(approver))
    with pytest.raises(Exception, match="anglaise"):
        publish_now(draft, actor=fresh(approver))
    assert not WebhookDelivery.objects.exists()


def test_what_fails_is_sent_again_for_a_day_then_given_up(for_all: Notice, system: Machine) -> None:
    system.serve("/hook", "<b>panne</b>\x00", 500)
    start = timezone.now()
    sent, hours = 0, 0.0
    while WebhookDelivery.objects.get().state == "waiting":
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            sent += send_due_deliveries()
        hours += 0.25
        assert hours < 30
    assert 24 <= hours <= 25 and 8 < sent < 20
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.problem) == ("failed", 500, "status")
    assert delivery.answer == "<b>panne</b>"
    assert len({one.body for one in system.asked}) == 1, "the same text each time"
    assert len({one.headers["x-parvis-delivery"] for one in system.asked}) == 1


def test_the_next_success_clears_it(for_all: Notice, system: Machine) -> None:
    system.serve("/hook", "", 503)
    send_due_deliveries()
    assert send_due_deliveries() == 0, "not at once"
    system.serve("/hook", "", 204)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert send_due_deliveries() == 1
    assert WebhookDelivery.objects.get().state == "done"


def test_a_worker_killed_while_sending_loses_nothing(for_all: Notice, system: Machine) -> None:
    """The row as a killed worker leaves it: taken, never settled."""
    WebhookDelivery.objects.update(lease_until=timezone.now() + timedelta(minutes=2), attempts=1)
    assert send_due_deliveries() == 0, "another may still be sending it"
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert send_due_deliveries() == 1
    assert (WebhookDelivery.objects.get().state, len(system.asked)) == ("done", 1)


def test_after_five_given_up_it_is_switched_off_and_its_keeper_told(
    for_all: Notice,
    city_site: Space,
    system: Machine,
    hook: tuple[Webhook, str],
    administrator: Person,
    deliver: Callable[[], int],
) -> None:
    system.serve("/hook", "", 500)
    [first] = WebhookDelivery.objects.all()
    for _turn in range(4):
        WebhookDelivery.objects.create(webhook=hook[0], event="notice.published", body=first.body)
    WebhookDelivery.objects.update(created=timezone.now() - timedelta(hours=25))
    assert send_due_deliveries() == 5
    hook[0].refresh_from_db()
    assert not hook[0].is_active
    deliver()
    told = Notification.objects.visible_to(fresh(administrator)).filter(activity__verb="publications.webhook_disabled")
    assert told.count() == 1
    switch_webhook(hook[0], actor=fresh(administrator), on=True)
    assert Webhook.objects.get().failures == 0


def test_a_webhook_never_leads_inside_nor_elsewhere(for_all: Notice, system: Machine, settings: Any) -> None:
    system.serve("/hook", "", 307, Location="http://169.254.169.254/")
    send_due_deliveries()
    assert WebhookDelivery.objects.get().status == 307 and len(system.asked) == 1
    settings.FEED_SOURCES_ALLOW = []
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        send_due_deliveries()
    assert WebhookDelivery.objects.get().problem == "inside" and len(system.asked) == 1


def test_an_endless_answer_is_cut(for_all: Notice, system: Machine) -> None:
    system.serve("/hook", "x" * 3_000_000)
    send_due_deliveries()
    assert WebhookDelivery.objects.get().answer == "x" * 300


def test_administrators_keep_them(
    hook: tuple[Webhook, str],
    system: Machine,
    city_site: Space,
    colleague: Person,
    administrator: Person,
    sign_in: Callable[..., Client],
) -> None:
    owner = member_of(city_site, colleague, 40)
    with pytest.raises(Refused):
        add_webhook({"name": "x", "address": "https://x.example/"}, actor=fresh(owner))
    with pytest.raises(ValidationError):
        add_webhook({"name": "x", "address": "file:///x"}, actor=fresh(administrator))
    for path in ("/notices/webhooks/", f"/notices/webhooks/{hook[0].uuid}/", "/notices/webhooks/new/"):
        assert sign_in(owner).get(path).status_code == 403
        assert sign_in(administrator).get(path).status_code == 200


def test_its_pages(
    hook: tuple[Webhook, str],
    system: Machine,
    administrator: Person,
    sign_in: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
) -> None:
    client, address = sign_in(administrator), f"/notices/webhooks/{hook[0].uuid}/"
    with caplog.at_level(logging.DEBUG):
        page = client.post(
            "/notices/webhooks/new/", {"name": "Autre", "address": f"{system.url}/hook"}
        ).content.decode()
        secret = page.split('id="webhook-secret"')[1].split('value="')[1].split('"')[0]
        assert secret.startswith("pvs_")
        client.post(f"{address}trial/")
        send_due_deliveries()
    assert [one.headers["x-parvis-event"] for one in system.asked] == ["ping"]
    page = client.get(address).content.decode()
    assert "Remis" in page and hook[1] not in page
    delivery = WebhookDelivery.objects.get()
    client.post(f"{address}deliveries/{delivery.uuid}/resend/")
    assert send_due_deliveries() == 1
    client.post(f"{address}edit/", {"name": "Site de la Ville", "address": f"{system.url}/hook", "genres": ["press"]})
    assert Webhook.objects.get(pk=hook[0].pk).genres == ["press"]
    client.post(f"{address}switch/")
    assert "Désactivé" in client.get("/notices/webhooks/").content.decode()
    renewed = client.post(f"{address}secret/").content.decode()
    assert hook[1] not in renewed and "pvs_" in renewed
    # SECURITY: no secret in a log, in the audit, or readable in the database.
    everything = caplog.text + str(list(Activity.objects.values_list("data", flat=True)))
    everything += str(list(Webhook.objects.values_list("secret", flat=True)))
    assert secret not in everything and hook[1] not in everything


def test_old_deliveries_are_forgotten(for_all: Notice) -> None:
    WebhookDelivery.objects.update(created=timezone.now() - timedelta(days=31))
    assert forget_old_deliveries() == 1
