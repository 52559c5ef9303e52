"""How Coder's agent runs scripts and terminals."""
