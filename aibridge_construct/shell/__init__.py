"""Everything that becomes POSIX sh."""
