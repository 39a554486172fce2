from django.urls import path

from . import views

app_name = "applications"
urlpatterns = [
    path("", views.launcher, name="launcher"),
    path("<uuid:uuid>/", views.application, name="application"),
]
