from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "foundation.discussion"
    label = "discussion"
