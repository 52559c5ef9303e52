"""Coder: its provider, its builds, its server, its command line, and how its agent runs scripts."""
