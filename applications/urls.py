"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, health, launcher, links, outages, status

app_name = "applications"
urlpatterns = [
    path("status/", status.status, name="status"),
    path("dead-links/", links.dead_links, name="dead_links"),
    path("dead-links/<int:pk>/use/", links.use_new_address, name="use_new_address"),
    path("dead-links/<int:pk>/remind/", links.remind_owner, name="remind_owner"),
    path("<uuid:uuid>/status/", status.history, name="history"),
    path("<uuid:uuid>/health/", health.health, name="health"),
    path("<uuid:uuid>/health/new/", health.new_check, name="new_check"),
    path("<uuid:uuid>/health/outage/", outages.declare, name="declare_outage"),
    path("<uuid:uuid>/health/outage/end/", outages.end, name="end_outage"),
    path("<uuid:uuid>/health/<uuid:check>/", health.check, name="check"),
    path("<uuid:uuid>/health/<uuid:check>/edit/", health.edit_check, name="edit_check"),
    path("<uuid:uuid>/health/<uuid:check>/now/", health.check_now, name="check_now"),
    path("<uuid:uuid>/health/<uuid:check>/pause/", health.pause_check, name="pause_check"),
    path("<uuid:uuid>/health/<uuid:check>/delete/", health.delete_check, name="delete_check"),
    path("<uuid:uuid>/health/<uuid:check>/results.csv", health.results, name="check_results"),
    path("", launcher.launcher, name="launcher"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
]
