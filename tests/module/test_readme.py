"""The module's README: what the registry demands of it, and that all it says is so."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest

from aibridge_construct import __version__
from aibridge_construct.testing import (
    COPILOT,
    AgentScripts,
    Mirror,
    Plan,
    Provider,
    Terraform,
    coder_mirror,
    workspace_environment,
)
from tests.pems import CERTIFICATE
from tests.terraform.test_native import stand_ins

from .conftest import FOLDER, README, ROOT, blocks, dead_links, section, table
from .registry_rules import findings

SOURCE = "git::https://git.example.com/your-org/aibridge-construct.git//modules/aibridge-proxy?ref=v"
EXAMPLES = blocks(README, "tf")
SETUP = "module.aibridge-proxy.coder_script.aibridge_proxy_setup"

GOOD = """---
display_name: A
description: b
icon: ../../../../.icons/a.svg
tags: [a]
---

# A

Text.

```tf
module "a" {
  version = "1.0.0"
}
```

> [!NOTE]
> Text.

## B
"""


def test_the_registry_would_take_the_readme() -> None:
    assert findings(README.read_text()) == []
    assert findings(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        pytest.param("---\ndisplay", "display", "no front matter", id="front matter"),
        pytest.param("tags:", "author: me\ntags:", "unknown key author", id="key"),
        pytest.param("description: b", "description:", "no description", id="description"),
        pytest.param("../../../../.icons", "https://example.com", "icon must begin with", id="icon"),
        pytest.param("[a]", "[]", "no tags", id="tags"),
        pytest.param("[a]", "[a b]", "tag 'a b' does not fit", id="tag"),
        pytest.param("tags:", "verified: true\ntags:", "verified is for", id="verified"),
        pytest.param("# A\n", "A\n", "must begin with a heading of level 1", id="title"),
        pytest.param("## B", "# B", "a second heading of level 1", id="titles"),
        pytest.param("## B", "### B", "a level is skipped", id="levels"),
        pytest.param("## B", "##B", "no blank after the #", id="blank"),
        pytest.param("```tf", "```hcl", "blocks of HCL are called tf", id="language"),
        pytest.param("  version =", "  # version =", "must say a version", id="version"),
        pytest.param("\n## B", "\n```tf\n```\n\n## B", "must have one block of tf", id="blocks"),
        pytest.param("\nText.\n\n```", "\n```", "must have a paragraph", id="paragraph"),
        pytest.param("}\n```\n", "}\n", "a block does not end", id="end"),
        pytest.param("[!NOTE]", "[!Info]", "an alert is a line like", id="alert"),
        pytest.param("> Text.", "> [!TIP]\n> Text.", "an alert in an alert", id="nested"),
    ],
)
def test_what_the_registry_would_refuse_is_found(old: str, new: str, finding: str) -> None:
    assert old in GOOD
    assert finding in "; ".join(findings(GOOD.replace(old, new, 1)))


def test_every_source_by_git_names_the_version_of_the_package_and_no_real_host() -> None:
    for page in (README, ROOT / "docs/migrate.md"):
        sources = re.findall(r'"(git::[^"]*)"', page.read_text())
        assert sources
        assert set(sources) == {SOURCE + __version__}, f"{page.name}: a release sets ?ref= too, see CONTRIBUTING.md"


def test_every_link_leads_somewhere() -> None:
    assert dead_links(README) == []


# ---- the examples, under real Terraform -------------------------------------------------------------------


def rest_of(example: str) -> str:
    """What the template of an example has besides."""
    providers = ['coder = { source = "coder/coder" }', 'docker = { source = "kreuzwerker/docker" }']
    needed = [one for one in providers if f' "{one.split()[0]}_' in example or one.startswith("coder")]
    parts = [
        ("required_providers", "terraform {\n  required_providers {\n    " + "\n    ".join(needed) + "\n  }\n}"),
        ('"coder_agent" "main"', 'resource "coder_agent" "main" {\n  os   = "linux"\n  arch = "amd64"\n}'),
        ('data "coder_workspace" "me"', 'data "coder_workspace" "me" {}'),
    ]
    return "\n\n".join(text for mark, text in parts if mark not in example) + "\n"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """All examples in one plan, each as a module of its own; sources are folders here."""
    folder = tmp_path_factory.mktemp("readme")
    docker: Provider = stand_ins(ROOT / "examples/docker").DOCKER  # type: ignore[union-attr]
    mirror: Mirror = coder_mirror(folder / "mirror", docker)
    root = folder / "root"
    shutil.copytree(FOLDER, root / "aibridge-proxy", ignore=shutil.ignore_patterns(".terraform*"))
    (root / "copilot").mkdir()
    (root / "copilot/main.tf").write_text(COPILOT.hcl)
    calls = [rest_of('"docker_').partition("resource")[0]]
    for number, example in enumerate(EXAMPLES):
        text = re.sub(r'"git::[^"]*"', '"../aibridge-proxy"', example)
        text = re.sub(r'"registry\.coder\.com/coder-labs/copilot/coder"\n  version += .*', '"../copilot"', text)
        assert "registry." not in text
        place = root / f"example-{number}"
        place.mkdir()
        (place / "example.tf").write_text(text)
        (place / "rest.tf").write_text(rest_of(example))
        (place / "aiproxy-listener.pem").write_text(CERTIFICATE)
        calls.append(f'module "example-{number}" {{\n  source = "./example-{number}"\n}}\n')
    (root / "main.tf").write_text("\n".join(calls))
    terraform = Terraform(root, env=workspace_environment(), mirror=mirror)
    terraform.init()
    terraform.run("fmt", "-check", "-diff", *(f"example-{number}/example.tf" for number in range(len(EXAMPLES))))
    plan = terraform.plan()
    assert plan.warnings == []
    _ = plan.json  # read while Terraform is there
    return plan


def test_every_example_plans_the_setup_script(planned: Plan) -> None:
    found = [re.match(r"module\.example-(\d+)\.module\.aibridge-proxy", name) for name in planned.actions]
    assert sorted({int(each[1]) for each in found if each}) == list(range(len(EXAMPLES)))
    assert len(EXAMPLES) >= 10


def number_of(words: str) -> int:
    """Of the first example that has them."""
    return next(number for number, example in enumerate(EXAMPLES) if words in example)


def script_of(plan: Plan, words: str, address: str = SETUP) -> dict[str, Any]:
    return plan.resource(f"module.example-{number_of(words)}.{address}")


def test_the_examples_do_what_their_texts_say(planned: Plan) -> None:
    assert "CERT_PATH='/home/coder/.certs/aibridge-proxy-ca.pem'" in script_of(planned, ".certs/")["script"]
    assert CERTIFICATE.strip() in script_of(planned, "extra_ca_pem = ")["script"]
    late = script_of(planned, "setup_timeout")
    assert "DEADLINE='300'" in late["script"]
    assert late["cron"] == "0 0 */6 * * *"
    for words, address in (("enable_aibridge_proxy", "module.copilot"), ("is_prebuild", "module.copilot[0]")):
        copilot = script_of(planned, words, f"{address}.coder_script.copilot")
        assert "//coder:owner-session-token@aiproxy.example.com:8888 /tmp/aibridge-proxy/" in copilot["script"]
    both = number_of("for_each")
    assert {name for name in planned.actions if name.startswith(f"module.example-{both}.module.")} == {
        f'module.example-{both}.module.aibridge-proxy["{key}"].coder_script.aibridge_proxy_setup'
        for key in ("main", "review")
    }


def test_the_tool_of_your_own_has_the_variables_and_runs_only_with_a_certificate(
    planned: Plan, coder_scripts: AgentScripts
) -> None:
    certificate = coder_scripts.home / "ca.pem"
    script = script_of(planned, "some-ai-cli", "coder_script.review")["script"]
    script = script.replace("/tmp/aibridge-proxy/ca-cert.pem", str(certificate))
    coder_scripts.command("npx", '#!/bin/sh\necho "$* $HTTPS_PROXY $NODE_EXTRA_CA_CERTS"\n')
    coder_scripts.command("coder", "#!/bin/sh\n")
    without = coder_scripts.run(script)
    assert (without.status, without.stdout) == (1, "")
    assert "No certificate of the AI Bridge Proxy" in without.stderr
    certificate.write_text(CERTIFICATE)
    url = "https://coder:owner-session-token@aiproxy.example.com:8888"
    ended = coder_scripts.run(script)
    assert (ended.status, ended.stdout) == (0, f"--yes some-ai-cli review {url} {certificate}\n")


# ---- what is said of inputs, outputs and the network ------------------------------------------------------


def test_the_inputs_are_those_of_the_module(content: dict[str, Any]) -> None:
    told = {row[0].strip("`"): row[1:3] for row in table(section(README, "Inputs"))}
    assert told.keys() == content["variable"].keys()
    for name, body in content["variable"].items():
        default = f"`{body['default'] or chr(34) * 2}`" if "default" in body else "required"
        assert told[name][0] == body["type"], name
        assert told[name][1].startswith(default), name


def test_the_outputs_are_those_of_the_module(content: dict[str, Any]) -> None:
    told = {row[0].strip("`"): row[1] for row in table(section(README, "Outputs"))}
    assert told == {name: "yes" if body.get("sensitive") else "no" for name, body in content["output"].items()}


def test_the_endpoints_are_those_that_the_script_knows(content: dict[str, Any]) -> None:
    script = content["resource"]["coder_script"]["aibridge_proxy_setup"]["script"]
    routes = set(re.findall(r"^\w*ROUTE=(/\S+)", script, re.MULTILINE))
    assert len(routes) == 2
    assert set(re.findall(r"`GET <access URL>(\S+)`", section(README, "Egress"))) == routes
