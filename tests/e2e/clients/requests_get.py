"""Print what a GET of the given URL answers, with Python's requests."""

from __future__ import annotations

import sys

import requests

response = requests.get(sys.argv[1], timeout=20)
response.raise_for_status()
print(response.text)
