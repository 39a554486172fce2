"""The blocks pages of sites are made of: how they are edited (`definitions`) and read (`loading`, `reading`)."""
