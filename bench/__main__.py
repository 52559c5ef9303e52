"""`python -m bench`: every benchmark, side by side with its peer, as ratios. Exit status 1 if one is over its limit."""

from __future__ import annotations

import sys

from bench import setup_script, synthesis

sys.exit(max(setup_script.main(), synthesis.main()))
