"""The component gallery's addresses; mounted in development only."""

from django.urls import path

from foundation.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("home/", views.home, name="home"),
    path("thread/", views.thread, name="thread"),
    path("error/", views.error, name="error"),
]
