"""Whom a model serves less well, what dropping a figure costs, and when it has drifted."""
