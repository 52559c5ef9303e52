"""End-to-end tests: real clients, a real intercepting proxy, real shells."""
