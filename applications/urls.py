"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, launcher, sign_in

app_name = "applications"
urlpatterns = [
    path("", launcher.launcher, name="launcher"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
    path("connections/", sign_in.connections, name="connections"),
    path("connections/<uuid:uuid>/disconnect/", sign_in.disconnect, name="disconnect"),
    path("<uuid:uuid>/sign-in/", sign_in.clients, name="sign_in_clients"),
    path("<uuid:uuid>/sign-in/new/", sign_in.new_client, name="new_sign_in_client"),
    path("<uuid:uuid>/sign-in/<uuid:client>/", sign_in.edit_client, name="edit_sign_in_client"),
    path("<uuid:uuid>/sign-in/<uuid:client>/switch/", sign_in.switch_client, name="switch_sign_in_client"),
    path("<uuid:uuid>/sign-in/<uuid:client>/renew/", sign_in.renew_secret, name="renew_sign_in_secret"),
]
