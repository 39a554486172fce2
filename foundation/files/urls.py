from django.urls import path

from . import views

app_name = "files"
urlpatterns = [
    path("files/<uuid:uuid>/<path:name>", views.attachment, name="attachment"),
    path("content/<uuid:uuid>/attachments/", views.add, name="add"),
    path("attachments/<uuid:uuid>/remove/", views.remove, name="remove"),
]
