"""docs/scorecard.md names every criterion of Coder's rubric, and each answer is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from .conftest import FOLDER, README, ROOT, blocks, dead_links, section, table

PAGE = ROOT / "docs/scorecard.md"
Module = dict[str, Any]

#: The rubric's criteria and points, without those of agents and editors.
APPLIES = {
    "Configuration-mode examples": 12,
    "Coder-context framing": 8,
    "Visual preview": 5,
    "Secrets marked sensitive": 16,
    "Non-hardcoded auth path": 4,
    "Runs without sudo": 2,
    "Input quality": 6,
    "Test coverage": 4,
}
CANNOT_ARISE = {"Mirrorable artifact source": 10, "Bring-your-own binary": 5, "Egress transparency": 3}


def rows(heading: str) -> list[list[str]]:
    return [row for row in table(section(PAGE, heading)) if not row[0].startswith("**")]


def test_the_page_has_every_criterion_with_its_points() -> None:
    applies, others = rows("What applies: 57 of 57 points"), rows("What cannot arise: 18 points")
    assert {row[0]: int(row[1]) for row in applies} == APPLIES
    assert {row[0]: int(row[1]) for row in others} == CANNOT_ARISE
    assert (sum(APPLIES.values()), sum(CANNOT_ARISE.values())) == (57, 18)


def test_every_answer_is_in_a_file_and_under_a_heading_that_are_there() -> None:
    answers = {row[0]: row[2] for row in rows("What applies: 57 of 57 points")}
    rules = {row[0]: row[1] for row in table(section(PAGE, "What the registry's own checks demand"))}
    for what, files in (answers | rules).items():
        assert "`modules/aibridge-proxy/" in files, what
    text = PAGE.read_text()
    paths = re.findall(r"`((?:modules|tests)/[^`]+)`", text)
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    headings = re.findall(r"README\.md`: ([A-Z][^|,]*?) \|", text)
    assert len(headings) >= 8
    for heading in headings:
        assert section(README, heading).strip(), heading
    assert dead_links(PAGE) == []


def script(module: Module) -> str:
    text: str = module["resource"]["coder_script"]["aibridge_proxy_setup"]["script"]
    return text


def examples(module: Module) -> None:
    modes = re.split(r"^### ", README.read_text().partition("\n## Examples\n")[2].partition("\n## ")[0], flags=re.M)[1:]
    assert len(modes) == 9
    assert all("\n```tf\n" in mode and not mode.partition("\n")[2].strip().startswith("```") for mode in modes)
    text = "\n".join(modes)
    assert {name for name in module["variable"] if not re.search(rf"^  {name} +=", text, re.MULTILINE)} == set()
    assert {name for name in module["output"] if f"module.aibridge-proxy.{name}" not in text} == set()


def context(module: Module) -> None:
    text = section(README, "Where Coder stands in the flow")
    for word in ("Coder deployment", "template", "Coder's agent", "Copilot", "AI Bridge", "`proxy_auth_url`"):
        assert word in text
    assert len(re.findall(r"^\d\. ", text, re.MULTILINE)) == 4
    assert table(text)


def preview(module: Module) -> None:
    first = README.read_text().partition("\n## ")[0]
    (name,) = re.findall(r"!\[[^\]]{20,}\]\(([\w.]+)\)", first)
    drawing = ElementTree.parse(FOLDER / name).getroot()
    shown = " ".join("".join(each.itertext()) for each in drawing.iter() if each.tag.endswith("text"))
    for word in ("AI Bridge Proxy CA certificate saved to", "ERROR:", "setup script", "Coder API", "AI provider"):
        assert word in shown
    # Where it is shown, nothing may be fetched for it.
    assert not re.search(r"(href|src|url\()", (FOLDER / name).read_text())


def sensitive(module: Module) -> None:
    holders = {name for name, body in module["output"].items() if "session_token" in body["value"]}
    assert holders == {name for name, body in module["output"].items() if body.get("sensitive")} == {"proxy_auth_url"}
    assert not [name for name in module["variable"] if re.search("token|key|password|secret", name)]
    assert "issensitive(output.proxy_auth_url)" in (FOLDER / "main.tftest.hcl").read_text()
    for block in blocks(README, "tf"):
        assert not re.search(r'(?i)(token|key|password|secret)"?\s*=\s*"[^$]', block)
        assert not re.search(r"://[^/\s\"]*:[^/\s\"]*@", block)


def authentication(module: Module) -> None:
    assert "data.coder_workspace_owner.me.session_token" in script(module)
    assert "`data.coder_workspace_owner`" in section(README, "Credentials")


def no_root(module: Module) -> None:
    assert not re.search(r"\b(sudo|doas|su)\b", script(module))
    assert "**No root and no `sudo`**" in section(README, "In the workspace")


def inputs(module: Module) -> None:
    for name, body in module["variable"].items():
        assert len(body["description"]) > 20, name
        assert body["type"] in ("string", "number"), name
        assert body["validation"], name
        assert all(each["error_message"].startswith(f"{name} must") for each in body["validation"]), name
    assert {name for name, body in module["variable"].items() if "default" not in body} == {"agent_id", "proxy_url"}
    assert all(body["description"] for body in module["output"].values())


def coverage(module: Module) -> None:
    native = (FOLDER / "main.tftest.hcl").read_text()
    refused = set(re.findall(r"expect_failures = \[var\.(\w+)\]", native))
    assert refused == module["variable"].keys()
    assert {name for name in module["output"] if f"output.{name}" not in native} == set()
    assert len(re.findall(r"^ *test\(", (FOLDER / "main.test.ts").read_text(), re.MULTILINE)) == 5
    text = section(README, "Tests")
    assert all(name in README.read_text() for name in ("main.tftest.hcl", "main.test.ts")) and "real" in text


ANSWERS: dict[str, Callable[[Module], None]] = dict(
    zip(APPLIES, (examples, context, preview, sensitive, authentication, no_root, inputs, coverage), strict=True)
)


@pytest.mark.parametrize("criterion", APPLIES)
def test_the_answer_is_there(criterion: str, content: Module) -> None:
    ANSWERS[criterion](content)


def test_what_cannot_arise_does_not(content: Module) -> None:
    downloads = set(re.findall(r"https?://[\w.-]+", script(content)))
    assert {each for each in downloads if "://localhost" not in each} == set()
    assert rows_of_egress() >= 3


def rows_of_egress() -> int:
    return len(table(section(README, "Egress")))
