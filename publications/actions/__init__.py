"""What one does to publications."""
