"""Dates, hours and numbers of Québec French and Canadian English, named by FORMAT_MODULE_PATH."""
