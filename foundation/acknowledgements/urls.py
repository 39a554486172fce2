from django.urls import path

from . import views

app_name = "acknowledgements"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("team/", views.team, name="team"),
    path("<uuid:uuid>/", views.acknowledge, name="acknowledge"),
    path("<uuid:uuid>/register/", views.register, name="register"),
    path("<uuid:uuid>/register/<str:form>/", views.export, name="export"),
    path("<uuid:uuid>/remind/", views.remind, name="remind"),
    path("<uuid:uuid>/close/", views.close, name="close"),
]
