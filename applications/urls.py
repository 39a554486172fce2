"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import access, applications, launcher, register, service, stages

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
