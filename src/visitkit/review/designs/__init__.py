"""Estimators for the designs a researcher may declare: numbers in, frozen results out.

Each module names its method's source. No function here reads a file, draws a picture or words a
report; what a person must be told travels with the number as a note (``review.result``).
"""
