from django.urls import path

from . import views

app_name = "content"
urlpatterns = [
    path("content/<uuid:uuid>/sharing/", views.sharing, name="sharing"),
    path("content/<uuid:uuid>/sharing/<uuid:share>/", views.change_share, name="change_share"),
    path("content/<uuid:uuid>/sharing/<uuid:share>/withdraw/", views.withdraw_share, name="withdraw_share"),
    path("content/<uuid:uuid>/sharing/<uuid:share>/restore/", views.restore_share, name="restore_share"),
    path("content/in/<slug:slug>/shares/", views.shares, name="shares"),
]
