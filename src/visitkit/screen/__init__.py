"""Reading students: figures, alerts, a ranked and explained caseload."""
