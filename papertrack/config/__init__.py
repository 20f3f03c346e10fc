"""The config file: TOML to frozen records, or the line and the key that are wrong."""
