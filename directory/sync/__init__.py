"""The sync with LDAP: reads all of it, or what changed (`source`), and applies it (`run`, `once`)."""
