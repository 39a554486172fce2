"""Forms of publications."""

from .notices import CommentForm, NoticeForm, ReopenForm, TranslationForm
from .subjects import SubjectForm

__all__ = ["CommentForm", "NoticeForm", "ReopenForm", "SubjectForm", "TranslationForm"]
