"""Start papertrack: ``python -m papertrack`` and the ``papertrack`` command."""
