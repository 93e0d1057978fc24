"""Command line: parse, build a config, make one call."""
