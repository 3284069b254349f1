"""Pictures of what the stages returned; they compute nothing. One picture a file."""
