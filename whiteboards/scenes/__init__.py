"""What is drawn on boards, as plain values: read, ordered, told in words, drawn, taken in from files and given back.

Nothing here knows of Django, people or the database. SECURITY: whatever comes out of a document or a file was written
by somebody's browser: it goes through `cleaning` before anything is made of it.
"""
