"""Québec French."""
