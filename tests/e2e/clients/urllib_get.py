"""Print what a GET of the given URL answers, with Python's standard library: urllib and ssl."""

from __future__ import annotations

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=20) as response:
    print(response.read().decode())
