"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import access, applications, health, launcher, links, outages, register, stages, status

app_name = "applications"
urlpatterns = [
    path("status/", status.status, name="status"),
    path("dead-links/", links.dead_links, name="dead_links"),
    path("dead-links/<int:pk>/use/", links.use_new_address, name="use_new_address"),
    path("dead-links/<int:pk>/remind/", links.remind_owner, name="remind_owner"),
    path("<uuid:uuid>/status/", status.history, name="status_history"),
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
    path("register/", register.register, name="register"),
    path("register/export/", register.export, name="export_register"),
    path("register/new/", register.new_application, name="new"),
    path("register/trash/", register.trashed, name="trash"),
    path("<uuid:uuid>/edit/", register.edit_application, name="edit"),
    path("<uuid:uuid>/life/", stages.life, name="life"),
    path("<uuid:uuid>/history/", stages.history, name="history"),
    path("<uuid:uuid>/trash/", register.trash_application, name="trash_application"),
    path("<uuid:uuid>/restore/", register.restore_application, name="restore_application"),
    path("<uuid:uuid>/ask/", access.ask_for_access, name="ask_for_access"),
    path("<uuid:uuid>/access/", access.application_access, name="application_access"),
    path("<uuid:uuid>/access/give/", access.give, name="give_access"),
    path("<uuid:uuid>/access/<uuid:person>/withdraw/", access.withdraw_access, name="withdraw_access"),
    path("access/", access.access, name="access"),
    path("access/<uuid:uuid>/", access.access_request, name="access_request"),
    path("access/<uuid:uuid>/agree/", access.agree, name="agree_with_request"),
    path("access/<uuid:uuid>/grant/", access.grant, name="grant_access"),
    path("access/<uuid:uuid>/refuse/", access.refuse, name="refuse_access"),
    path("access/<uuid:uuid>/withdraw/", access.withdraw, name="withdraw_request"),
]
