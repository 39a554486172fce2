"""Addresses of publications. They are fixed: feeds, bookmarks and other systems rely on them."""

app_name = "publications"
urlpatterns: list = []
