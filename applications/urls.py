"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import (
    access,
    applications,
    health,
    launcher,
    launcher_defaults,
    links,
    mailboxes,
    notes,
    outages,
    register,
    service,
    sign_in,
    stages,
    status,
)

app_name = "applications"
launcher_urls = [
    path("", launcher.launcher, name="launcher"),
    path("menu/", launcher.menu, name="menu"),
    path("badges/", launcher.badges, name="badges"),
    path("view/", launcher.view, name="view"),
    path("order/", launcher.order, name="order"),
    path("<uuid:uuid>/favourite/", launcher.favourite, name="favourite"),
    path("<uuid:uuid>/move/", launcher.move, name="move"),
    path("defaults/", launcher_defaults.defaults, name="defaults"),
    path("defaults/<int:pk>/move/", launcher_defaults.move_default, name="move_default"),
    path("defaults/<int:pk>/withdraw/", launcher_defaults.withdraw_default, name="withdraw_default"),
    path("<uuid:uuid>/badge-key/", launcher_defaults.badge_key, name="badge_key"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
]
register_urls = [
    path("register/", register.register, name="register"),
    path("register/export/", register.export, name="export_register"),
    path("register/new/", register.new_application, name="new"),
    path("register/trash/", register.trashed, name="trash"),
    path("<uuid:uuid>/edit/", register.edit_application, name="edit"),
    path("<uuid:uuid>/trash/", register.trash_application, name="trash_application"),
    path("<uuid:uuid>/restore/", register.restore_application, name="restore_application"),
    path("<uuid:uuid>/life/", stages.life, name="life"),
    path("<uuid:uuid>/history/", stages.history, name="history"),
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
service_urls = [
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
]
health_urls = [
    path("status/", status.status, name="status"),
    path("<uuid:uuid>/status/", status.history, name="status_history"),
    path("<uuid:uuid>/health/", health.health, name="health"),
    path("<uuid:uuid>/health/new/", health.new_check, name="new_check"),
    path("<uuid:uuid>/health/<uuid:check>/", health.check, name="check"),
    path("<uuid:uuid>/health/<uuid:check>/edit/", health.edit_check, name="edit_check"),
    path("<uuid:uuid>/health/<uuid:check>/now/", health.check_now, name="check_now"),
    path("<uuid:uuid>/health/<uuid:check>/pause/", health.pause_check, name="pause_check"),
    path("<uuid:uuid>/health/<uuid:check>/delete/", health.delete_check, name="delete_check"),
    path("<uuid:uuid>/health/<uuid:check>/results.csv", health.results, name="check_results"),
    path("<uuid:uuid>/health/outage/", outages.declare, name="declare_outage"),
    path("<uuid:uuid>/health/outage/end/", outages.end, name="end_outage"),
    path("dead-links/", links.dead_links, name="dead_links"),
    path("dead-links/<int:pk>/use/", links.use_new_address, name="use_new_address"),
    path("dead-links/<int:pk>/remind/", links.remind_owner, name="remind_owner"),
]
notes_urls = [
    path("notes/", notes.places, name="notes_places"),
    path("notes/places.csv", notes.places_sheet, name="notes_places_sheet"),
    path("notes/add/", notes.add_place, name="add_notes_place"),
    path("notes/import/", notes.import_places, name="import_notes_places"),
    path("notes/places/<uuid:uuid>/remove/", notes.remove_place, name="remove_notes_place"),
    path("notes/link/", notes.link, name="notes_link"),
    path("notes/device/", notes.device, name="notes_device"),
]
sign_in_urls = [
    path("connections/", sign_in.connections, name="connections"),
    path("connections/<uuid:uuid>/disconnect/", sign_in.disconnect, name="disconnect"),
    path("<uuid:uuid>/sign-in/", sign_in.clients, name="sign_in_clients"),
    path("<uuid:uuid>/sign-in/new/", sign_in.new_client, name="new_sign_in_client"),
    path("<uuid:uuid>/sign-in/<uuid:client>/", sign_in.edit_client, name="edit_sign_in_client"),
    path("<uuid:uuid>/sign-in/<uuid:client>/switch/", sign_in.switch_client, name="switch_sign_in_client"),
    path("<uuid:uuid>/sign-in/<uuid:client>/renew/", sign_in.renew_secret, name="renew_sign_in_secret"),
]
mailbox_urls = [
    path("mailbox/", mailboxes.mailbox, name="mailbox"),
    path("mailbox/<slug:kind>/", mailboxes.card, name="mailbox_card"),
    path("mailbox/<slug:kind>/give/", mailboxes.give, name="mailbox_give"),
    path("mailbox/<slug:kind>/withdraw/", mailboxes.withdraw, name="mailbox_withdraw"),
]
urlpatterns = [
    *launcher_urls,
    *register_urls,
    *service_urls,
    *health_urls,
    *notes_urls,
    *sign_in_urls,
    *mailbox_urls,
]
