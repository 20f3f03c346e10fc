"""Reading, checking and editing the config file."""
