"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, launcher, launcher_defaults

app_name = "applications"
urlpatterns = [
    path("", launcher.launcher, name="launcher"),
    path("menu/", launcher.menu, name="menu"),
    path("badges/", launcher.badges, name="badges"),
    path("view/", launcher.view, name="view"),
    path("order/", launcher.order, name="order"),
    path("defaults/", launcher_defaults.defaults, name="defaults"),
    path("defaults/<int:pk>/move/", launcher_defaults.move_default, name="move_default"),
    path("defaults/<int:pk>/withdraw/", launcher_defaults.withdraw_default, name="withdraw_default"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
    path("<uuid:uuid>/favourite/", launcher.favourite, name="favourite"),
    path("<uuid:uuid>/move/", launcher.move, name="move"),
    path("<uuid:uuid>/badge-key/", launcher_defaults.badge_key, name="badge_key"),
]
