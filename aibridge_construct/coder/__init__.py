"""The coder provider, typed and without opinions: one file per type."""
