"""How many minutes a session may stay untouched before it locks: there is no way to say never."""

USUAL_MINUTES, LEAST_MINUTES, MOST_MINUTES = 15, 1, 240
