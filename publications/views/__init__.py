"""Pages of publications, by noun."""
