from django.urls import path

from . import views

app_name = "activity"
urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<uuid:uuid>/", views.open_notification, name="open"),
    path("notifications/<uuid:uuid>/read/", views.read, name="read"),
    path("content/<uuid:uuid>/follow/", views.follow, name="follow"),
]
