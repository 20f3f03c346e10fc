"""The outside world: httpx, sockets, politeness and limits; bytes and response facts come back."""
