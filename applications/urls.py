"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, launcher, notes

app_name = "applications"
urlpatterns = [
    path("", launcher.launcher, name="launcher"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
    path("notes/", notes.places, name="notes_places"),
    path("notes/places.csv", notes.places_sheet, name="notes_places_sheet"),
    path("notes/add/", notes.add_place, name="add_notes_place"),
    path("notes/import/", notes.import_places, name="import_notes_places"),
    path("notes/places/<uuid:uuid>/remove/", notes.remove_place, name="remove_notes_place"),
    path("notes/link/", notes.link, name="notes_link"),
    path("notes/device/", notes.device, name="notes_device"),
]
