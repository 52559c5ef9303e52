"""GET the given URL with httpx."""

import sys

import httpx

print(httpx.get(sys.argv[1]).raise_for_status().text)
