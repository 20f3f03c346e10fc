"""Measurements, as ratios taken in one run; see README.md beside this file."""
