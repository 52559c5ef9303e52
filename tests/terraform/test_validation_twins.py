"""Terraform and Python agree on every value: a rule is said once."""

from __future__ import annotations

import json

from aibridge_construct.validation import template_text
from tests.conftest import MakeTerraform
from tests.values import ACCEPTED, REFUSED, RULES


def test_terraform_draws_the_same_line_as_python(terraform: MakeTerraform) -> None:
    # A byte of zero cannot be in a Terraform string.
    values = [(field, value) for field, value, _ in REFUSED if "\0" not in value] + ACCEPTED
    locals_ = {f"v{number}": template_text(value) for number, (_, value) in enumerate(values)}
    verdicts = {
        f"v{number}": {
            "value": [condition for condition, _ in RULES[field].conditions(f"local.v{number}")],
        }
        for number, (field, _) in enumerate(values)
    }
    made = terraform({"main.tf.json": json.dumps({"locals": locals_, "output": verdicts})})
    answers = made.plan().outputs
    for number, (field, value) in enumerate(values):
        # A Python check that follows a failed one is never asked; Terraform reports each.
        expected = [check.holds(value) for check in RULES[field].checks]
        assert answers[f"v{number}"] == expected, (field, value)
        assert all(expected) is ((field, value) in ACCEPTED), (field, value)
