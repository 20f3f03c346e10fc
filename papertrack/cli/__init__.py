"""The command line: options, resources, rendering and exit codes."""

from papertrack.cli.app import main

__all__ = ["main"]
