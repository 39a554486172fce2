"""Addresses of publications. They are fixed: feeds, bookmarks and other systems rely on them."""

from django.urls import path

from .views import alerts

app_name = "publications"
urlpatterns: list = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/new/", alerts.new_alert, name="new_alert"),
    path("alerts/banner/", alerts.banner, name="alert_banner"),
    path("alerts/<uuid:uuid>/", alerts.alert, name="alert"),
    path("alerts/<uuid:uuid>/edit/", alerts.edit_alert, name="edit_alert"),
    path("alerts/<uuid:uuid>/end/", alerts.end_alert, name="end_alert"),
    path("alerts/<uuid:uuid>/hide/", alerts.put_away, name="hide_alert"),
    path("alerts/<uuid:uuid>/show/", alerts.show_again, name="show_alert"),
]
