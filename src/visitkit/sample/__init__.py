"""A made-up school with known truth, and its files as a school would keep them."""

from visitkit.sample.school import SampleSchool, make_school
from visitkit.sample.write import sample_folder, write_school

__all__ = ["SampleSchool", "make_school", "sample_folder", "write_school"]
