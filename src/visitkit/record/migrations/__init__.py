"""How the tables of the casebook came to be, version by version."""
