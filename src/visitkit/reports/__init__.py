"""Files for people: HTML, xlsx and csv of what the stages return."""
