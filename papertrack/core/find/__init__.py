"""The filter language, and items as lists show them."""
