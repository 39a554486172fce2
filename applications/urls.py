"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, launcher

app_name = "applications"
urlpatterns = [
    path("", launcher.launcher, name="launcher"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
]
