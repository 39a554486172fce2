"""Controls of forms that more than one app uses."""

from typing import Any

from django import forms


class RichTextInput(forms.Textarea):
    """Formatted text (`rich_text.clean_rich_text` cleans what it sends). The page loads `built/editor.js`.

    In its own language: `RichTextInput(language="en")` sets `lang`, for spelling and screen readers.
    """

    template_name = "ui/rich_text/rich_text.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, language: str = "") -> None:
        super().__init__({"rows": 12, **({"lang": language} if language else {}), **(attrs or {})})
