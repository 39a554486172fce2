"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, launcher, service

app_name = "applications"
urlpatterns = [
    path("", launcher.launcher, name="launcher"),
    path("service/", service.registrars, name="registrars"),
    path("service/new/", service.new_registrar, name="new_registrar"),
    path("service/<uuid:uuid>/", service.registrar, name="registrar"),
    path("service/<uuid:uuid>/edit/", service.edit_registrar, name="edit_registrar"),
    path("service/<uuid:uuid>/pause/", service.pause, name="pause_registrar"),
    path("service/<uuid:uuid>/read/", service.read_now, name="read_manifest"),
    path("service/<uuid:uuid>/secret/", service.renew_secret, name="renew_registrar_secret"),
    path("service/<uuid:uuid>/versions/", service.any_version, name="accept_any_version"),
    path("service/proposals/<uuid:uuid>/", service.proposal, name="proposal"),
    path("service/proposals/<uuid:uuid>/approve/", service.approve, name="approve_proposal"),
    path("service/proposals/<uuid:uuid>/refuse/", service.refuse, name="refuse_proposal"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
]
