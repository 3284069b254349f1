"""The three consoles put together: for people who do not program."""
