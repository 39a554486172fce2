"""The portal as OpenID Connect provider: what django-oauth-toolkit is told to do, and its addresses under `/o/`."""
