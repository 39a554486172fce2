from django.urls import path

from . import views

app_name = "communities"
urlpatterns = [
    path("", views.communities, name="communities"),
    path("new/", views.new_community, name="new"),
    path("<slug:slug>/", views.community, name="community"),
    path("<slug:slug>/members/", views.members, name="members"),
    path("<slug:slug>/members/add/", views.add_member, name="add_member"),
    path("<slug:slug>/members/<uuid:uuid>/remove/", views.remove_member, name="remove_member"),
    path("<slug:slug>/settings/", views.settings, name="settings"),
    path("<slug:slug>/join/", views.join, name="join"),
    path("<slug:slug>/leave/", views.leave, name="leave"),
    path("<slug:slug>/trash/", views.trash, name="trash"),
    path("<slug:slug>/topics/new/", views.new_topic, name="new_topic"),
    path("<slug:slug>/topics/<uuid:uuid>/", views.topic, name="topic"),
    path("<slug:slug>/topics/<uuid:uuid>/edit/", views.edit_topic, name="edit_topic"),
    path("<slug:slug>/topics/<uuid:uuid>/trash/", views.trash_topic, name="trash_topic"),
    path("<slug:slug>/topics/<uuid:uuid>/restore/", views.restore_topic, name="restore_topic"),
]
