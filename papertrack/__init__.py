"""papertrack collects papers and posts, lets you rate them, and drafts your weekly digest."""

__version__ = "0.1.0"
