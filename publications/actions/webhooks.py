"""Telling other systems of publications: queued with the change itself, sent by the worker, signed, tried again."""

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from foundation.activity.actions import record
from foundation.activity.models import Activity
from foundation.audiences.policies import require
from foundation.audiences.principals import EVERYONE
from foundation.content.models import State
from foundation.outgoing.http import Answer, check_address, post
from foundation.outgoing.problems import Problem
from foundation.outgoing.sealing import Unreadable, new_secret, seal, signature, unseal
from foundation.spaces.models import Space

from ..activities import WEBHOOK_ADDED, WEBHOOK_CHANGED, WEBHOOK_DISABLED
from ..feed_values import CONTROL
from ..models import Notice, Site, Webhook, WebhookDelivery
from ..pairs import NAMES, READABLE, state_of
from ..problems import sentence_of

# The verb that was recorded -> what systems are told.
EVENTS = {
    "publications.published": "notice.published",
    "publications.reopened": "notice.published",
    "publications.corrected": "notice.corrected",
    "publications.touched_up": "notice.corrected",
    "publications.expired": "notice.ended",
    "publications.archived": "notice.ended",
    "content.trashed": "notice.withdrawn",
    "content.restored": "notice.published",
    "content.audience_changed": "notice.corrected",
}
FIRST_WAIT, WAIT_MOST, GIVE_UP = timedelta(minutes=1), timedelta(hours=4), timedelta(hours=24)
# A lease outlives the longest request.
LEASE = timedelta(minutes=2)
# Deliveries given up, one after the other, before the webhook is switched off.
FAILURES_MOST = 5
KEPT_DAYS = 30
FIELDS = ("name", "address", "genres", "space", "narrowed_too")


# -- keeping them -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_webhook(values: Mapping[str, Any], *, actor: Any) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown once. Raises Refused and ValidationError."""
    require(actor, "publications.keep_webhooks", None)
    secret = new_secret()
    webhook = Webhook(keeper=actor, secret=seal(secret))
    _fill(webhook, values)
    webhook.save()
    record(WEBHOOK_ADDED, _place(webhook), actor=actor, data=_said(webhook))
    return webhook, secret


@transaction.atomic
def change_webhook(webhook: Webhook, values: Mapping[str, Any], *, actor: Any) -> None:
    """Change it. Raises Refused and ValidationError."""
    require(actor, "publications.keep_webhooks", None)
    _fill(webhook, values)
    webhook.save()
    record(WEBHOOK_CHANGED, _place(webhook), actor=actor, data=_said(webhook))


def _fill(webhook: Webhook, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(webhook, name, values[name])
    webhook.full_clean(exclude=["secret"])
    try:
        check_address(webhook.address)
    except Problem as problem:
        raise ValidationError({"address": sentence_of(problem.code, problem.data)}) from None


@transaction.atomic
def renew_webhook_secret(webhook: Webhook, *, actor: Any) -> str:
    """A new secret; what is sent from now on is signed with it. Raises Refused."""
    require(actor, "publications.keep_webhooks", None)
    secret = new_secret()
    webhook.secret = seal(secret)
    webhook.save(update_fields=["secret"])
    record(WEBHOOK_CHANGED, _place(webhook), actor=actor, data={**_said(webhook), "secret": True})
    return secret


@transaction.atomic
def switch_webhook(webhook: Webhook, *, actor: Any, on: bool) -> None:
    """Send nothing more, or again. What happens in between is not told later. Raises Refused."""
    require(actor, "publications.keep_webhooks", None)
    webhook.is_active, webhook.failures = on, 0
    webhook.save(update_fields=["is_active", "failures"])
    record(WEBHOOK_CHANGED, _place(webhook), actor=actor, data={**_said(webhook), "is_active": on})


@transaction.atomic
def resend(delivery: WebhookDelivery, *, actor: Any) -> None:
    """Send it again, for another day if need be. Raises Refused."""
    require(actor, "publications.keep_webhooks", None)
    delivery.state, delivery.attempts, delivery.ended = WebhookDelivery.State.WAITING, 0, None
    delivery.created = delivery.next_try = timezone.now()
    delivery.save()
    record(WEBHOOK_CHANGED, _place(delivery.webhook), actor=actor, data={**_said(delivery.webhook), "resent": True})


@transaction.atomic
def send_trial(webhook: Webhook, *, actor: Any) -> None:
    """A message that speaks of nothing, to see whether it arrives. Raises Refused."""
    require(actor, "publications.keep_webhooks", None)
    body = json.dumps({"event": "ping", "at": timezone.now().isoformat()})
    WebhookDelivery.objects.create(webhook=webhook, event="ping", body=body)
    record(WEBHOOK_CHANGED, _place(webhook), actor=actor, data={**_said(webhook), "trial": True})


def _said(webhook: Webhook) -> dict[str, Any]:
    return {"webhook": str(webhook.uuid), "name": webhook.name, "keeper": webhook.keeper_id}


def _place(webhook: Webhook) -> Space | None:
    """Where what happens to it is told: its site, or the city's."""
    if webhook.space is not None:
        return webhook.space
    site = Site.objects.filter(is_city=True).select_related("space").first()
    return site.space if site else None


# -- what is told -----------------------------------------------------------------------------------------------------


def queue_deliveries(activity: Activity) -> int:
    """Queue what other systems are told of `activity`, in its transaction. Answers how many deliveries.

    What was recorded quietly (imports of old things, demonstrations) is told to no system either.
    """
    event = EVENTS.get(activity.verb)
    if event is None or activity.content_id is None or activity.fanned_out is not None:
        return 0
    hooks = list(Webhook.objects.filter(Q(space=None) | Q(space_id=activity.space_id), is_active=True))
    if not hooks:
        return 0
    found = Notice.objects.filter(pk=activity.content_id, published__isnull=False)
    notice = found.select_related("space__audience", "audience").first()
    # The drafts of what was never published are nobody's business.
    if notice is None or (event == "notice.published" and notice.state != State.PUBLISHED):
        return 0
    for_all = is_for_the_city(notice)
    if not for_all and activity.verb == "content.audience_changed":
        event = "notice.withdrawn"
    body = json.dumps(_payload(notice, event, activity, for_all), ensure_ascii=False)
    made = [
        WebhookDelivery(webhook=hook, activity=activity, event=event, body=body)
        for hook in hooks
        if (not hook.genres or notice.genre in hook.genres)
        and (for_all or hook.narrowed_too or event == "notice.withdrawn")
    ]
    WebhookDelivery.objects.bulk_create(made)
    return len(made)


def is_for_the_city(notice: Notice) -> bool:
    """Whether everyone in the city reads it. SECURITY: of anything else no word leaves."""
    space = notice.space
    is_open = space.access == Space.Access.OPEN and space.audience and EVERYONE in space.audience.principals
    return bool(is_open and (notice.audience is None or EVERYONE in notice.audience.principals))


def _payload(notice: Notice, event: str, activity: Activity, for_all: bool) -> dict[str, Any]:
    """Ids, kind, titles, address and dates: never the text. Whoever wants it asks the API, with their own rights."""
    titles = {
        language: notice.text_in(language)["title"] for language in NAMES if state_of(notice, language) in READABLE
    }
    moments = ("published", "updated", "expires", "event_starts", "event_ends")
    return {
        "event": event,
        "at": activity.created.isoformat(),
        "id": str(notice.uuid),
        "kind": "notice",
        "genre": notice.genre,
        "site": notice.space.slug,
        # SECURITY: a title can say all.
        "title": titles if for_all else None,
        "url": f"{settings.SITE_URL}{notice.get_absolute_url()}",
        **{name: value.isoformat() if (value := getattr(notice, name)) else None for name in moments},
    }


# -- sending ----------------------------------------------------------------------------------------------------------


def due_deliveries() -> list[int]:
    """What to send now, the oldest first."""
    return list(WebhookDelivery.objects.due().values_list("pk", flat=True)[:50])


def send_due_deliveries() -> int:
    """Send what waits. Called by the worker; answers how many were sent.

    Each is taken first: a worker killed while it sends leaves the row waiting, and another takes it up when the lease
    has ended. So a message may arrive twice, under the same `X-Parvis-Delivery`; it never gets lost.
    """
    return sum(send(pk) for pk in due_deliveries())


def send(pk: int) -> bool:
    """One attempt, if nobody else makes it now."""
    now = timezone.now()
    taken = WebhookDelivery.objects.due().filter(pk=pk).order_by()
    if not taken.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    delivery = WebhookDelivery.objects.select_related("webhook__space").get(pk=pk)
    answer, problem = Answer(0, ""), ""
    try:
        answer = _post(delivery)
        problem = "" if 200 <= answer.status < 300 else "status"
    except Problem as met:
        problem = met.code
    _settle(delivery, answer, problem)
    return True


def _post(delivery: WebhookDelivery) -> Answer:
    timestamp, body = str(int(time.time())), delivery.body.encode()
    try:
        secret = unseal(delivery.webhook.secret)
    except Unreadable:
        raise Problem("sealed") from None
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Parvis-Event": delivery.event,
        "X-Parvis-Delivery": str(delivery.uuid),
        "X-Parvis-Timestamp": timestamp,
        "X-Parvis-Signature": signature(secret, timestamp, body),
    }
    return post(delivery.webhook.address, headers, body, allow=settings.FEED_SOURCES_ALLOW)


@transaction.atomic
def _settle(delivery: WebhookDelivery, answer: Answer, problem: str) -> None:
    """Write what came of an attempt."""
    now = timezone.now()
    hook = Webhook.objects.select_for_update(of=("self",)).get(pk=delivery.webhook_id)
    delivery.lease_until, delivery.status, delivery.problem = None, answer.status or None, problem
    delivery.answer = CONTROL.sub("", answer.body[:300].decode("utf-8", "replace"))[:300]
    if not problem:
        delivery.state, delivery.ended = WebhookDelivery.State.DONE, now
        hook.failures, hook.last_ok = 0, now
        hook.save(update_fields=["failures", "last_ok"])
    elif now - delivery.created >= GIVE_UP or delivery.event == "ping":
        delivery.state, delivery.ended = WebhookDelivery.State.FAILED, now
        # A trial says something to whoever made it, and to nobody else.
        hook.failures += delivery.event != "ping"
        hook.save(update_fields=["failures"])
    else:
        wait = min(FIRST_WAIT * 3 ** (delivery.attempts - 1), WAIT_MOST)
        # The last attempt is made at the end of the day, not before.
        delivery.next_try = min(now + wait, max(now + FIRST_WAIT, delivery.created + GIVE_UP))
    delivery.save()
    if problem and hook.is_active and hook.failures >= FAILURES_MOST:
        hook.is_active = False
        hook.save(update_fields=["is_active"])
        record(WEBHOOK_DISABLED, _place(hook), actor=hook.keeper, data=_said(hook))


def forget_old_deliveries() -> int:
    """Those that ended a month ago, and those of webhooks switched off that nobody will send."""
    old = WebhookDelivery.objects.filter(created__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    return int(old.delete()[0])
