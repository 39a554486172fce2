"""Addresses of publications. They are fixed: feeds, bookmarks and other systems rely on them."""

from django.urls import path, re_path

from .views import feeds, sources, webhooks

app_name = "publications"
exchange_urls = [
    re_path(r"^notices/feed\.(?P<form>atom|rss)$", feeds.feed, name="feed"),
    path("notices/calendar.ics", feeds.calendar, name="calendar"),
    path("notices/subscriptions/", feeds.subscriptions, name="subscriptions"),
    path("notices/subscriptions/withdraw/", feeds.withdraw_key, name="withdraw_key"),
    path("notices/sources/", sources.sources, name="sources"),
    path("notices/sources/new/", sources.new_source, name="new_source"),
    path("notices/sources/<uuid:uuid>/", sources.source, name="source"),
    path("notices/sources/<uuid:uuid>/edit/", sources.edit_source, name="edit_source"),
    path("notices/sources/<uuid:uuid>/poll/", sources.poll_now, name="poll_source"),
    path("notices/sources/<uuid:uuid>/pause/", sources.pause, name="pause_source"),
    path("notices/sources/<uuid:uuid>/secret/", sources.renew_secret, name="renew_source_secret"),
    path("notices/sources/<uuid:uuid>/push/", sources.push, name="push"),
    path("notices/webhooks/", webhooks.webhooks, name="webhooks"),
    path("notices/webhooks/new/", webhooks.new_webhook, name="new_webhook"),
    path("notices/webhooks/<uuid:uuid>/", webhooks.webhook, name="webhook"),
    path("notices/webhooks/<uuid:uuid>/edit/", webhooks.edit_webhook, name="edit_webhook"),
    path("notices/webhooks/<uuid:uuid>/switch/", webhooks.switch_webhook, name="switch_webhook"),
    path("notices/webhooks/<uuid:uuid>/secret/", webhooks.renew_webhook_secret, name="renew_webhook_secret"),
    path("notices/webhooks/<uuid:uuid>/trial/", webhooks.send_trial, name="send_trial"),
    path("notices/webhooks/<uuid:uuid>/deliveries/<uuid:delivery>/resend/", webhooks.resend, name="resend"),
]
urlpatterns: list = [*exchange_urls]
