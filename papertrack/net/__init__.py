"""Network access: downloads within limits, rate limits, and parsing in worker processes."""
