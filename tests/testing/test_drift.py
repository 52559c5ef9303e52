"""A snapshot that drifted tells in Terraform's terms what a change did: address, attribute, before, after."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from aibridge_construct.testing import readable
from aibridge_construct.testing.document.drift import drift
from aibridge_construct.testing.document.lines import stored

pytest_plugins = ["pytester"]


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return list(drift(stored(readable(before)), stored(readable(after))))


def agent(**body: Any) -> dict[str, Any]:
    return {"resource": {"coder_agent": {"main": body}}}


ROWS = [
    pytest.param(
        agent(os="linux"),
        agent(os="darwin"),
        ['  ~ coder_agent.main|      ~ os = "linux" -> "darwin"'],
        id="an attribute",
    ),
    pytest.param(agent(), agent(dir="/x"), ['  ~ coder_agent.main|      + dir = "/x"'], id="a new attribute"),
    pytest.param(agent(dir="/x"), agent(), ['  ~ coder_agent.main|      - dir = "/x"'], id="a lost attribute"),
    pytest.param(agent(order=1), agent(order="1"), ['  ~ coder_agent.main|      ~ order = 1 -> "1"'], id="a type"),
    pytest.param(agent(x=True), agent(x=1), ["  ~ coder_agent.main|      ~ x = true -> 1"], id="true and one"),
    pytest.param(agent(x=1), agent(x=1.0), ["  ~ coder_agent.main|      ~ x = 1 -> 1.0"], id="one and one"),
    pytest.param(agent(x=None), agent(), ["  ~ coder_agent.main|      - x = null"], id="null and nothing"),
    pytest.param(agent(x={}), agent(), ["  ~ coder_agent.main|      - x = {}"], id="an empty map"),
    pytest.param(
        agent(env={"A": "1", "b c": "2"}),
        agent(env={"A": "2"}),
        ['  ~ coder_agent.main|      ~ env.A = "1" -> "2"|      - env["b c"] = "2"'],
        id="keys of a map",
    ),
    pytest.param(
        agent(metadata=[{"key": "a"}, {"key": "b"}]),
        agent(metadata=[{"key": "a"}, {"key": "c"}]),
        ['  ~ coder_agent.main|      ~ metadata[1].key = "b" -> "c"'],
        id="a nested block",
    ),
    pytest.param(
        agent(command=["a", "b", "c"]),
        agent(command=["a", "c"]),
        ['  ~ coder_agent.main|      - command[1] = "b"'],
        id="an item of a list",
    ),
    pytest.param(
        agent(script="one\ntwo\nthree\n"),
        agent(script="one\n2\nthree\n"),
        [
            "  ~ coder_agent.main|      ~ script:|          @@ -1,3 +1,3 @@|           one|          -two|          +2|"
            "           three"
        ],
        id="a script",
    ),
    pytest.param(
        agent(script="a\nb\n"),
        agent(script="a\r\nb"),
        [
            "  ~ coder_agent.main|      ~ script:|          @@ -1,2 +1,3 @@|          -a|          +a\\r|           b|"
            "          +\\ no newline at the end"
        ],
        id="line ends",
    ),
    pytest.param(
        agent(script="a\nb\n"),
        agent(script=["a", "b"]),
        ["  ~ coder_agent.main|      ~ script:|          was one text, is a list"],
        id="a text that became a list",
    ),
    pytest.param({}, agent(os="linux"), ['  + coder_agent.main|      + os = "linux"'], id="a new element"),
    pytest.param(agent(os="linux"), {}, ['  - coder_agent.main|      - os = "linux"'], id="a lost element"),
    pytest.param(
        {"data": {"coder_workspace": {"me": {}}}, "variable": {"a": {"default": 1}}, "locals": {"x": 1}},
        {"variable": {"a": {"default": 2}}, "locals": {"x": 2}, "output": {"o": {"value": 1}}},
        [
            "  - data.coder_workspace.me",
            "  ~ local.x|      ~ value = 1 -> 2",
            "  + output.o|      + value = 1",
            "  ~ var.a|      ~ default = 1 -> 2",
        ],
        id="every kind of element",
    ),
    pytest.param(
        {"provider": {"docker": [{"host": "a"}, {"alias": "far", "host": "b"}]}},
        {"provider": {"docker": [{"host": "a"}, {"alias": "far", "host": "c"}]}},
        ['  ~ provider.docker.far|      ~ host = "b" -> "c"'],
        id="one of two providers",
    ),
    pytest.param(
        {"terraform": {"required_version": ">= 1.9"}},
        {"terraform": {"required_version": ">= 1.10"}},
        ['  ~ terraform|      ~ required_version = ">= 1.9" -> ">= 1.10"'],
        id="settings",
    ),
    pytest.param(
        {"moved": [{"from": "a.b", "to": "a.c"}]},
        {"moved": [{"from": "a.b", "to": "a.d"}]},
        ['  ~ moved|      ~ to = "a.c" -> "a.d"'],
        id="other blocks",
    ),
]


@pytest.mark.parametrize("before, after, lines", ROWS)
def test_a_drift_is_told_by_address_and_attribute(before: Any, after: Any, lines: list[str]) -> None:
    assert told(before, after) == [line for element in lines for line in element.split("|")]


def test_a_long_expression_is_shown_around_what_differs() -> None:
    start, end = "${regex(" + "x" * 500, "y" * 500 + ")}"
    _, line = told(agent(os=f"{start}linux{end}"), agent(os=f"{start}darwin{end}"))
    assert re.fullmatch(r"      ~ os = … x{30}linuxy{30} … -> … x{30}darwiny{30} …", line), line


def test_native_files_are_told_in_the_same_terms() -> None:
    parameter = 'data "coder_parameter" "cpu" {{\n  default = "{}"\n}}\n'
    files = [{"cdk.tf.json": {}, "parameters.tf": readable({"x": parameter.format(cores)})["x"]} for cores in (2, 4)]
    before, after = map(stored, files)
    assert list(drift(before, after)) == [
        "  ~ data.coder_parameter.cpu  (parameters.tf)",
        '      ~ default = "2" -> "4"',
    ]


def test_other_files_are_told_by_their_names_and_lines() -> None:
    files = [{"cdk.tf.json": {}, "README.md": readable({"x": f"# Demo\n{word}\n"})["x"]} for word in ("one", "two")]
    before, after = map(stored, files)
    assert list(drift(before, after))[0::4] == ["  ~ file README.md", "          -one"]
    assert next(drift(before, stored({"cdk.tf.json": {}}))) == "  - file README.md"


def test_wiring_is_told_by_address_too() -> None:
    before, after = stored({"a.b": ["c.d", "e.f"]}), stored({"a.b": ["c.d", "g.h"], "i.j": []})
    assert list(drift(before, after)) == ["  ~ a.b", '      ~ [1] = "e.f" -> "g.h"', "  + i.j", "      + []"]


def test_a_snapshot_in_an_older_form_says_so() -> None:
    assert "older form" in next(drift(json.dumps(agent()), stored(agent())))


def test_a_file_that_is_no_snapshot_is_compared_line_by_line() -> None:
    assert list(drift("one\n", "two\n"))[-2:] == ["-one", "+two"]


def test_a_failing_test_shows_the_whole_drift_however_long(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With one of them pytest says everything once more.
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)
    pytester.makeconftest("from aibridge_construct.testing import terraform_snapshot")
    test = """
        def test_it(terraform_snapshot):
            script = "".join(f"line {{number}}\\n" for number in range(40)).replace("line 20", "{line}")
            agents = {{f"a{{number}}": {{"os": "{os}", "startup_script": script}} for number in range(9)}}
            assert {{"resource": {{"coder_agent": agents}}}} == terraform_snapshot
    """
    pytester.makepyfile(test_it=test.format(line="line 20", os="linux"))
    pytester.runpytest_inprocess("--snapshot-update").assert_outcomes(passed=1)
    pytester.makepyfile(test_it=test.format(line="other", os="darwin"))
    for more in ([], ["-vv"]):
        out = pytester.runpytest_subprocess(*more).stdout.str()
        for number in range(9):
            assert out.count(f"~ coder_agent.a{number}") in (1, 2)
        # With -vv pytest repeats it in its summary.
        assert out.count('~ os = "linux" -> "darwin"') in (9, 18)
        assert out.count("-line 20") in (9, 18)
