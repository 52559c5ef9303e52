"""What a synthesized directory says: snapshots of it, and what in it refers to what."""
