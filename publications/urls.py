"""Addresses of publications. They are fixed: feeds, bookmarks and other systems rely on them."""

from django.urls import path, re_path

from .views import alerts, notices, writing

app_name = "publications"
urlpatterns = [
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
