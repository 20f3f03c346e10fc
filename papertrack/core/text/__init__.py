"""Text from outside and of the author's: cleaned, shown, escaped, compared."""
