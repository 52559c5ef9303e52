"""Schedules: what the parsers of the agent and the provider read as it was meant, and nothing else."""

from __future__ import annotations

import json

import pytest
from cdktf import TerraformCount, TerraformIterator, TerraformStack, TerraformVariable, Token

from aibridge_construct import AIBridgeProxy, CoderScript, ProxiedTool
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.rules import PRESET_CRON, SCRIPT_CRON
from aibridge_construct.testing.terraform import TerraformError
from aibridge_construct.validation import Rule
from tests.conftest import MakeTerraform

ACCEPTED = [
    (SCRIPT_CRON, text)
    for text in (
        "* * * * * *",
        "? ? ? ? ? ?",
        "0 */5 * * * *",
        "0 0 9 * * 1-5",
        "30 0 9 1,15 * ?",
        "59 59 23 31 12 6",
        "0 0 0 1 1 0",
        "00 05 09 01 01 00",
        "0 5/15 8-18/2 * * *",
        "*/10,5 1-2,3-4 * * * *",
        "0 0 9 * JAN-dec Mon-FRI",
        "0 0 9 * feb,7 sun,2-sat",
        "0 0 9 * 1-DEC SUN-6",
        "0 10-59 0-23 1-31 1-12 0-6",
        "9-10 5-5 19-20 * * *",
        "0 */90 * * * *",
        "TZ=UTC 0 0 9 * * *",
        "CRON_TZ=Europe/Berlin 0 0 9 * * *",
        "TZ=America/Argentina/Buenos_Aires 0 0 9 * * *",
        "TZ=Etc/GMT+3  0 0 9 * * *",
        " 0  0\t9 * * * ",
    )
] + [
    (PRESET_CRON, text)
    for text in ("* * * * *", "* 8-18 * * 1-5", "* 9,10 1-7 JAN mon-fri", "*  0-23/2 ? * 0", "* 0 31 12 6")
]

REFUSED = [
    (SCRIPT_CRON, text, words)
    for text, words in (
        ("@daily", "no descriptors"),
        ("@every 1h", "no descriptors"),
        ("@reboot", "no descriptors"),
        ("*/5 * * * *", "add the seconds: 0 */5 * * * *"),
        ("0 9 * * 1-5", "add the seconds: 0 0 9 * * 1-5"),
        ("TUE * * * *", "add the seconds: 0 TUE * * * *"),
        ("TZ=UTC 0 9 * * 1-5", "add the seconds after the time zone"),
        ("", "six fields: seconds, minutes"),
        ("0 9 * *", "six fields: seconds, minutes"),
        ("TZ=UTC 0 9 * *", "six fields: seconds, minutes"),
        ("0 0 9 * * 1-5 2026", "six fields: seconds, minutes"),
        ("0\n0 9 * * 1", "six fields: seconds, minutes"),
        ("TZ= 0 0 9 * * *", "time zone"),
        ("TZ=UTC", "time zone"),
        ("TZ=../etc 0 0 9 * * *", "time zone"),
        ("TZ=/UTC 0 0 9 * * *", "time zone"),
        ("60 0 9 * * *", "seconds as field 1"),
        ("x 0 9 * * *", "seconds as field 1"),
        ("0 60 9 * * *", "minutes as field 2"),
        ("0 0 24 * * *", "hours as field 3"),
        ("0 0 9 0 * *", "days of the month as field 4"),
        ("0 0 9 32 * *", "days of the month as field 4"),
        ("0 0 9 L * *", "days of the month as field 4"),
        ("0 0 9 15W * *", "days of the month as field 4"),
        ("0 0 9 * 13 *", "months as field 5"),
        ("0 0 9 * january *", "months as field 5"),
        ("0 0 9 * mon *", "months as field 5"),
        ("0 0 9 * * 7", "days of the week as field 6"),
        ("0 0 9 * * 5-7", "days of the week as field 6"),
        ("0 0 9 * * 5L", "days of the week as field 6"),
        ("0 0 9 * * mon#1", "days of the week as field 6"),
        ("*/0 0 9 * * *", "seconds as field 1"),
        ("*/ 0 9 * * *", "seconds as field 1"),
        ("*-5 0 9 * * *", "seconds as field 1"),
        ("+5 0 9 * * *", "seconds as field 1"),
        ("1-2-3 0 9 * * *", "seconds as field 1"),
        (", 0 9 * * *", "seconds as field 1"),
        ("1,,2 0 9 * * *", "seconds as field 1"),
        ("5-1 0 9 * * *", "ends before it begins"),
        ("30-15 0 9 * * *", "ends before it begins"),
        ("0 17-12/2 9 * * *", "ends before it begins"),
        ("0 1,10-9 9 * * *", "ends before it begins"),
        ("0 0 22-06 * * *", "ends before it begins"),
        ("0 0 9 * dec-jan *", "ends before it begins"),
        ("0 0 9 * 2-JAN *", "ends before it begins"),
        ("0 0 9 * * fri-mon", "ends before it begins"),
        ("0 0 9 * * SAT-0", "ends before it begins"),
        ("TZ=UTC 0 0 9 * * 6-sun", "ends before it begins"),
    )
] + [
    (PRESET_CRON, text, words)
    for text, words in (
        ("", "five fields"),
        ("0 * 8-18 * * 1-5", "five fields"),
        ("* 8-18 * *", "five fields"),
        ("@daily", "five fields"),
        ("TZ=UTC * 8 * *", "five fields"),
        ("TZ=UTC * 8 * * *", "five fields"),
        ("0 8-18 * * 1-5", "* as its first field"),
        ("*/5 8-18 * * 1-5", "* as its first field"),
        ("? 8-18 * * 1-5", "* as its first field"),
        ("* 24 * * 1-5", "hours as field 2"),
        ("* 8 32 * 1-5", "days of the month as field 3"),
        ("* 8 * 0 1-5", "months as field 4"),
        ("* 8 * * 7", "days of the week as field 5"),
        ("* 18-8 * * *", "ends before it begins"),
    )
]


@pytest.mark.parametrize(("rule", "text"), ACCEPTED)
def test_a_schedule_is_accepted(rule: Rule, text: str) -> None:
    assert rule.require(text) == text


@pytest.mark.parametrize(("rule", "text", "words"), REFUSED)
def test_a_schedule_is_refused_with_the_cure(rule: Rule, text: str, words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        rule.require(text)
    assert words in str(caught.value)
    assert caught.value.field == "cron"


@pytest.mark.parametrize("rule", [SCRIPT_CRON, PRESET_CRON])
def test_every_example_passes(rule: Rule) -> None:
    assert rule.require(rule.example) == rule.example


def test_terraform_draws_the_same_line_in_the_same_words(terraform: MakeTerraform) -> None:
    values = [(rule, text) for rule, text, _ in REFUSED] + ACCEPTED
    verdicts = {
        f"v{number}": {"value": [condition for condition, _ in rule.conditions(f"local.v{number}")]}
        for number, (rule, _) in enumerate(values)
    }
    words = {
        f"w{number}": {"value": [message for _, message in rule.conditions(f"local.v{number}")]}
        for number, (rule, _) in enumerate(values)
    }
    locals_ = {f"v{number}": text for number, (_, text) in enumerate(values)}
    made = terraform({"main.tf.json": json.dumps({"locals": locals_, "output": {**verdicts, **words}})})
    answers = made.plan().outputs
    for number, (rule, text) in enumerate(values):
        assert answers[f"v{number}"] == [check.holds(text) for check in rule.checks], text
        assert answers[f"w{number}"] == [rule.message(check, text) for check in rule.checks], text


def test_a_mistake_draws_one_message() -> None:
    for rule, text, _ in REFUSED:
        if text == "TZ=UTC":  # two mistakes
            continue
        assert [check.holds(text) for check in rule.checks].count(False) == 1, text


def test_a_script_and_a_tool_refuse_five_fields_at_once(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url="http://proxy")
    with pytest.raises(InvalidValueError, match=r"add the seconds: 0 \*/5 \* \* \* \*"):
        CoderScript(stack, "s", agent_id="a1", display_name="s", script="x", cron="*/5 * * * *")
    with pytest.raises(InvalidValueError, match=r"add the seconds: 0 \*/5 \* \* \* \*"):
        ProxiedTool(stack, "t", proxy=proxy, command="x", cron="*/5 * * * *")


@pytest.mark.parametrize("text", ["*/5 * * * *", "@daily", "0 0 9 * * 7"])
def test_a_schedule_that_only_terraform_knows_is_refused_at_plan(
    stack: TerraformStack, terraform: MakeTerraform, text: str
) -> None:
    cron = TerraformVariable(stack, "cron", type="string", default=text).string_value
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url="http://proxy")
    CoderScript(stack, "token", agent_id="a1", display_name="s", script="x", cron=cron)
    CoderScript(stack, "reference", agent_id="a1", display_name="s", script="x", cron="${var.cron}")
    ProxiedTool(stack, "tool", proxy=proxy, command="x", cron=cron)
    with pytest.raises(TerraformError) as caught:
        terraform(stack).plan()
    check = next(check for check in SCRIPT_CRON.checks if not check.holds(text))
    assert " ".join(caught.value.text.split()).count(SCRIPT_CRON.message(check, text)) == 3


def test_a_schedule_of_a_repeated_script_is_checked_for_each(stack: TerraformStack, terraform: MakeTerraform) -> None:
    crons = TerraformVariable(stack, "crons", type="map(string)", default={"a": "0 0 9 * * *", "b": "0 9 * * 1"})
    each = TerraformIterator.from_map(Token.as_any_map(crons.value))
    count = TerraformCount.of(2)
    cron = Token.as_string(each.value)
    CoderScript(stack, "each", agent_id="a1", display_name="s", script="x", cron=cron, for_each=each)
    CoderScript(
        stack, "count", agent_id="a1", display_name="s", script="x", cron=f"0 {count.index} 9 * * *", count=count
    )
    with pytest.raises(TerraformError) as caught:
        terraform(stack).plan()
    text = " ".join(caught.value.text.split())
    assert text.count("cron must") == 1
    assert "add the seconds: 0 0 9 * * 1" in text


def test_good_schedules_plan(stack: TerraformStack, terraform: MakeTerraform) -> None:
    cron = TerraformVariable(stack, "cron", type="string", default="0 */5 * * * *")
    CoderScript(stack, "token", agent_id="a1", display_name="s", script="x", cron=cron.string_value)
    CoderScript(stack, "zone", agent_id="a1", display_name="s", script="x", cron="TZ=Europe/Berlin 0 0 9 * * mon-fri")
    plan = terraform(stack).plan()
    assert plan.resource("coder_script.token")["cron"] == "0 */5 * * * *"
    assert plan.resource("coder_script.zone")["cron"] == "TZ=Europe/Berlin 0 0 9 * * mon-fri"
