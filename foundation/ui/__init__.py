"""The user interface's ground floor: look, components, forms and words every screen shares. Imports nothing of ours."""
