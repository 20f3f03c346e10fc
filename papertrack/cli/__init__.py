"""The command line: options, resources, rendering and exit codes."""
