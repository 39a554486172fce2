"""Addresses of publications. They are fixed: feeds, bookmarks and other systems rely on them."""

from django.urls import path

from .views import site_desk, sites

app_name = "publications"
site_urls = [
    path("sites/", sites.sites, name="sites"),
    path("sites/new/", site_desk.new_site, name="new_site"),
    path("sites/images/<uuid:uuid>/", sites.image, {"spec": "width-960,format-webp"}, name="image"),
    path("sites/images/<uuid:uuid>/<str:spec>/", sites.image, name="image_at"),
    path("sites/pages/<uuid:uuid>/useful/", sites.useful, name="useful"),
    path("sites/pages/<uuid:uuid>/problem/", sites.problem, name="problem"),
    path("sites/pages/<uuid:uuid>/settings/", site_desk.page_settings, name="page_settings"),
    path("sites/pages/<uuid:uuid>/review/", site_desk.confirm_review, name="confirm_review"),
    path("sites/pages/<uuid:uuid>/put-away/", site_desk.page_put_away, name="page_put_away"),
    path("sites/pages/<uuid:uuid>/restore/", site_desk.restore_page, name="restore_page"),
    path("sites/pages/problems/<uuid:uuid>/close/", site_desk.close_problem, name="close_problem"),
    path("sites/proposals/notices/<uuid:uuid>/", site_desk.propose, name="propose"),
    path("sites/proposals/<uuid:uuid>/", site_desk.decide, name="decide"),
    path("sites/<slug:slug>/", sites.page, name="site"),
    path("sites/<slug:slug>/desk/", site_desk.site_pages, name="site_pages"),
    path("sites/<slug:slug>/desk/problems/", site_desk.site_problems, name="site_problems"),
    path("sites/<slug:slug>/desk/news/", site_desk.site_news, name="site_news"),
    path("sites/<slug:slug>/desk/proposals/", site_desk.site_proposals, name="site_proposals"),
    path("sites/<slug:slug>/settings/", site_desk.site_settings, name="site_settings"),
    path("sites/<slug:slug>/members/add/", site_desk.add_members, name="add_site_members"),
    path("sites/<slug:slug>/members/<uuid:uuid>/remove/", site_desk.remove_member, name="remove_site_member"),
    path("sites/<slug:slug>/<uuid:uuid>/", sites.page_by_uuid, name="page_by_uuid"),
    path("sites/<slug:slug>/<path:path>", sites.page, name="page"),
]
urlpatterns = [*site_urls]
