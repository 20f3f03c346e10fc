"""The filter language, and the words that the index knows."""
