"""The addresses under /notes/, by which links to Notes are known in the portal. They are fixed, and so is their form:
`foundation.ui.notes_links` writes and reads it."""

from django.urls import path

from .views import notes

app_name = "notes"
urlpatterns = [
    path("", notes.resolve, name="by_path"),
    path("<str:replica>/", notes.resolve, name="database"),
    path("<str:replica>/<str:unid>/", notes.resolve, name="document"),
]
