"""What one does to publications, by noun."""
