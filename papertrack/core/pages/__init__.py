"""Parsers for web pages and DOI registries, whose documents describe one work each."""
