"""Forms of publications."""

from .notices import CommentForm, NoticeForm, ReopenForm, TranslationForm

__all__ = ["CommentForm", "NoticeForm", "ReopenForm", "TranslationForm"]
