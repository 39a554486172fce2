"""The editors' desk: Wagtail's, with our rights, our addresses and our look."""
