from django.urls import path

from . import views

app_name = "discussion"
urlpatterns = [
    path("content/<uuid:uuid>/comments/", views.add, name="add"),
    path("content/<uuid:uuid>/reactions/", views.react, name="react"),
    path("comments/<uuid:uuid>/edit/", views.edit, name="edit"),
    path("comments/<uuid:uuid>/remove/", views.remove, name="remove"),
    path("comments/<uuid:uuid>/restore/", views.restore, name="restore"),
]
