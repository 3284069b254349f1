"""What helped: reviews of one student, a caseload, a school and a study."""
