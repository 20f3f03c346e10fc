"""What makes two things one work, and what a document changes."""
