"""The directory's pages: signing in and out, preferences, people."""
