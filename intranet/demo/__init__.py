"""The demo city: fictional people, units, communities and applications of a large bilingual city, and their loader."""
