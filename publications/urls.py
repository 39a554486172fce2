"""Addresses of publications. They are fixed: feeds, bookmarks and other systems rely on them."""

from django.urls import path, re_path

from .views import alerts, feeds, notices, sources, webhooks, writing

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
urlpatterns = [
    *exchange_urls,
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", writing.new_notice, name="new"),
    path("notices/desk/", writing.desk, name="desk"),
    path("notices/<uuid:uuid>/", notices.notice, name="notice"),
    path("notices/<uuid:uuid>/edit/", writing.edit_notice, name="edit"),
    path("notices/<uuid:uuid>/translate/", writing.translate, name="translate"),
    path("notices/<uuid:uuid>/preview/", writing.preview, name="preview"),
    path("notices/<uuid:uuid>/history/", writing.history, name="history"),
    path("notices/<uuid:uuid>/corrections/", notices.corrections, name="corrections"),
    path("notices/<uuid:uuid>/step/", writing.step, name="step"),
    path("notices/<uuid:uuid>/presence/", writing.presence, name="presence"),
    re_path(r"^notices/(?P<uuid>[0-9a-f-]{36})/(?P<language>fr|en)\.pdf$", notices.pdf, name="pdf"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/new/", alerts.new_alert, name="new_alert"),
    path("alerts/banner/", alerts.banner, name="alert_banner"),
    path("alerts/<uuid:uuid>/", alerts.alert, name="alert"),
    path("alerts/<uuid:uuid>/edit/", alerts.edit_alert, name="edit_alert"),
    path("alerts/<uuid:uuid>/end/", alerts.end_alert, name="end_alert"),
    path("alerts/<uuid:uuid>/hide/", alerts.put_away, name="hide_alert"),
    path("alerts/<uuid:uuid>/show/", alerts.show_again, name="show_alert"),
]
