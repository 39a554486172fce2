"""Forms of publications."""
