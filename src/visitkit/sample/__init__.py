"""A made-up school with known truth."""
