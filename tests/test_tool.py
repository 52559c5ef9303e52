"""A tool behind the proxy: what is declared, what is refused, and what its shell does."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, TerraformVariable, Testing
from syrupy.assertion import SnapshotAssertion

from aibridge_construct import AIBridgeProxy, CoderProvider, InvalidValueError, MissingArgumentError, ProxiedTool
from aibridge_construct.environment import certificate_variables, runtimes
from aibridge_construct.testing import AgentScripts, Mirror, Running, readable, wait_until, workspace_environment
from aibridge_construct.testing.wiring import wiring
from tests.sharing import planned
from tests.values import PEM

URL = "https://aiproxy.example.com:8888"
TOKEN = "owner-session-token"


@pytest.fixture
def proxy(stack: TerraformStack, tmp_path: Path) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, cert_path=str(tmp_path / "certs/ca.pem"))


def test_a_tool_as_terraform_json(stack: TerraformStack, terraform_snapshot: SnapshotAssertion) -> None:
    CoderProvider(stack, "coder")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    ProxiedTool(stack, "review", proxy=proxy, command=["npx", "some-ai-cli", "it's"], runtimes=["node", "curl"])
    text = Testing.synth(stack, True)
    assert readable(text) == terraform_snapshot(name="template")
    assert wiring(text) == terraform_snapshot(name="wiring")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"command": []}, "command must be a list of strings"),
        ({"command": ""}, "command must be a list of strings"),
        ({"command": [""]}, "command must be a list of strings"),
        ({"command": ["a", 1]}, "command must be a list of strings"),
        ({"command": "a\0b"}, "command must not contain a zero byte"),
        ({"command": "a\nAIBRIDGE_CONSTRUCT_END\n"}, "command must not have a line that reads AIBRIDGE_CONSTRUCT_END"),
        ({"command": "echo ${HOME}"}, "command holds ${HOME}, which Terraform would read before the workspace does"),
        ({"command": "echo ${x:-y}"}, "write $${x:-y} for ${ itself"),
        ({"command": "echo ${#}"}, "write $${#} for ${ itself"),
        ({"command": ["curl", "-w", "%{http_code}", "x"]}, "write %%{http_code} for %{ itself"),
        ({"command": "x", "runtimes": ["ruby"]}, "runtimes must be any of node, python"),
        ({"command": "x", "wait_seconds": 0}, "wait_seconds must be a whole number of seconds from 1 to 3600"),
        ({"command": "x", "wait_seconds": 1.5}, "wait_seconds must be a whole number"),
        ({"command": "x", "on_unavailable": "panic"}, 'on_unavailable must be "fail" or "direct"'),
        ({"command": "x", "working_directory": "project"}, "working_directory must be an absolute path"),
        ({"command": "x", "background": "yes"}, "background must be True or False"),
        ({"command": "x", "runtimes": None}, "runtimes must be any of node"),
        ({"command": "x", "after": None}, "after must be a list"),
        ({"command": "x", "no_proxy": ["https://x.y"]}, "no_proxy must be a list of host names"),
        ({"command": "x", "no_proxy": [5]}, "no_proxy must be a list of host names"),
        ({"command": "x", "log_path": "/tmp/x.log"}, "log_path is for background=True"),
        ({"command": "x", "background": True, "log_path": "/tmp/"}, "log_path must name a file"),
        ({"command": "x", "sync_unit": "a b"}, "sync_unit must be 1 to 128 letters"),
        ({"command": "x", "after": "unit"}, "after must be a list"),
        ({"command": "x", "after": [3]}, "after must list proxies, tools or unit names"),
        ({"command": "x", "no_proxy": "localhost"}, "no_proxy must be a list of host names"),
        ({"command": "x", "no_proxy": ["a b"]}, "no_proxy must be a list of host names"),
        ({"command": "x", "run_on_start": False}, "needs cron, or the tool would never run"),
        ({"command": ["npx some-ai-cli review"]}, "Write ['npx', 'some-ai-cli', 'review']"),
    ],
)
def test_a_mistake_is_refused(
    stack: TerraformStack, proxy: AIBridgeProxy, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ProxiedTool(stack, "tool", proxy=proxy, **arguments)
    assert words in str(caught.value)


def test_what_is_no_proxy_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match="proxy must be an AIBridgeProxy"):
        ProxiedTool(stack, "tool", proxy=URL, command="x")  # type: ignore[arg-type]


def test_a_forgotten_command_says_what_to_write(stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    with pytest.raises(MissingArgumentError, match=r"ProxiedTool needs command\. Write ProxiedTool\(…, command="):
        ProxiedTool(stack, "tool", proxy=proxy)  # type: ignore[call-arg]


def test_the_page_lists_every_argument_with_its_default_and_every_variable() -> None:
    docs = Path(__file__).parents[1] / "docs"
    page = (docs / "tools.md").read_text()
    table = page.partition("| argument |")[2].partition("\n\n")[0].splitlines()
    for argument in inspect.signature(ProxiedTool.__init__).parameters.values():
        if argument.kind is argument.KEYWORD_ONLY:
            (row,) = (line for line in table if f"`{argument.name}`" in line.split("|")[1])
            if isinstance(argument.default, bool | int) or argument.default == "fail":
                assert str(argument.default) in row
    for name in certificate_variables(runtimes([]), certificate="c", bundle="b"):
        assert f"| `{name}` |" in (docs / "variables.md").read_text()


def test_the_setup_makes_a_bundle_only_if_a_tool_wants_one(stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    def bundle() -> str:
        content = json.loads(Testing.synth(stack))
        (script,) = (s["script"] for n, s in content["resource"]["coder_script"].items() if "setup" in n)
        (line,) = (line for line in script.splitlines() if line.startswith("BUNDLE_PATH="))
        return str(line).removeprefix("BUNDLE_PATH=")

    ProxiedTool(stack, "node", proxy=proxy, command="x", runtimes=["node"])
    assert bundle() == "''"
    ProxiedTool(stack, "python", proxy=proxy, command="x", runtimes=["python"])
    assert bundle() == f"'{proxy.cert_path}.bundle'"
    assert proxy.bundle_path == f"{proxy.cert_path}.bundle"


# ---- the shell: rendered by Terraform, run as the agent runs it --------------------------------------------


@pytest.fixture(params=["dash", "bash", "busybox"])
def shell(request: pytest.FixtureRequest) -> Path:
    """The shell under test."""
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    return Path(found)


class Agent:
    """Runs one rendered script."""

    def __init__(self, text: str, scripts: AgentScripts) -> None:
        self.text, self.home = text, scripts.home
        self.env = scripts.session | {
            "CODER_SCRIPT_BIN_DIR": str(scripts.bin),
            "CODER_SCRIPT_DATA_DIR": str(scripts.data(text)),
        }
        self._scripts = scripts

    def start(self, **env: str) -> Running:
        return self._scripts.start(self.text, env=env)

    def run(self, **env: str) -> tuple[int, str, str]:
        result = self.start(**env).finish(30)
        return result.status, result.stdout, result.stderr


@pytest.fixture
def agent(  # noqa: PLR0917
    stack: TerraformStack,
    proxy: AIBridgeProxy,
    shell: Path,
    coder_scripts: AgentScripts,
    mirror: Mirror,
    tmp_path: Path,
) -> Any:
    scripts = coder_scripts.another(path="/usr/bin:/bin", sh=shell, env={"MINE": "kept", "LC_ALL": "C.UTF-8"})

    def make(**arguments: Any) -> Agent:
        tool = ProxiedTool(stack, "tool", proxy=proxy, **arguments)
        plan = planned(Testing.synth(stack, True), tmp_path, env=workspace_environment(), mirror=mirror)
        return Agent(plan.resource(tool.script.address)["script"], scripts)

    return make


def set_up(proxy: AIBridgeProxy) -> None:
    """What the setup script leaves behind."""
    path = Path(proxy.cert_path)
    path.parent.mkdir()
    path.write_text(PEM)
    Path(f"{path}.bundle").write_text(PEM)


def test_the_command_runs_with_the_variables_and_with_nothing_else_changed(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command=["env"])
    set_up(proxy)
    status, out, err = made.run()
    assert (status, err) == (0, "")
    seen = dict(line.split("=", 1) for line in out.splitlines())
    auth = f"https://coder:{TOKEN}@aiproxy.example.com:8888"
    bundle = f"{proxy.cert_path}.bundle"
    # Where they are installed, curl and wget get a file.
    others = ("PWD", "OLDPWD", "SHLVL", "_", "CURL_HOME", "WGETRC")
    assert {name: value for name, value in seen.items() if name not in others} == made.env | {
        "HTTPS_PROXY": auth,
        "https_proxy": auth,
        "NO_PROXY": "localhost,127.0.0.1,::1,coder.example.com",
        "no_proxy": "localhost,127.0.0.1,::1,coder.example.com",
        "NODE_EXTRA_CA_CERTS": proxy.cert_path,
        "NODE_USE_ENV_PROXY": "1",
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "CURL_CA_BUNDLE": bundle,
        "GIT_SSL_CAINFO": bundle,
        "GIT_PROXY_SSL_CAINFO": bundle,
        "CARGO_HTTP_PROXY_CAINFO": bundle,
        "DENO_CERT": proxy.cert_path,
    }


def test_the_words_of_a_command_are_data(proxy: AIBridgeProxy, agent: Any) -> None:
    words = ["it's", "$(id)", "`id`", "$${HOME}", '"', "\\", "", "-n", "a\nb", "*"]
    made = agent(command=["printf", "<%s>", *words])
    set_up(proxy)
    assert made.run()[1] == "".join(f"<{word}>" for word in [w.replace("$$", "$") for w in words])


def test_what_terraform_reads_can_be_escaped(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command="printf '%s\n' \"$${HOME}\" '%%{http_code}' %{ if true }yes%{ endif }")
    set_up(proxy)
    assert made.run()[1] == f"{made.home}\n%{{http_code}}\nyes\n"


def test_a_string_is_shell_and_its_exit_status_is_the_scripts(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command="echo one && echo two >&2; exit 7")
    set_up(proxy)
    assert made.run() == (7, "one\n", "two\n")


def test_a_command_that_is_not_there_is_said(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command=["no-such-command"])
    set_up(proxy)
    status, _, err = made.run()
    assert status == 127
    assert "no-such-command" in err


def test_without_a_certificate_it_fails_and_names_the_proxys_script(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command=["echo", "ran"], wait_seconds=1)
    status, out, err = made.run()
    assert status == 1
    assert out == ""
    assert err == (
        f"ERROR: the AI Bridge Proxy CA certificate is not at {proxy.cert_path}, so tool was not started: look at "
        "the output of the script 'AI Bridge Proxy Setup' in the startup logs of the workspace.\n"
    )


def test_without_a_certificate_it_may_go_directly_and_says_so(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command=["env"], wait_seconds=1, on_unavailable="direct")
    status, out, err = made.run()
    assert status == 0
    assert "PROXY" not in out
    assert "runs WITHOUT the AI Bridge Proxy, its traffic is not governed" in err


def test_without_coordination_it_waits_for_the_certificate(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command=["echo", "ran"], wait_seconds=20)
    process = made.start()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.5)
    set_up(proxy)
    result = process.finish(20)
    assert (result.stdout, result.stderr) == ("ran\n", "")
    assert result.status == 0


def test_it_runs_in_its_working_directory(proxy: AIBridgeProxy, agent: Any, tmp_path: Path) -> None:
    place = tmp_path / "it's a place"
    place.mkdir()
    made = agent(command=["pwd"], working_directory=str(place))
    set_up(proxy)
    assert made.run() == (0, f"{place}\n", "")


def test_a_missing_working_directory_is_named(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command=["pwd"], working_directory="/no/such/place")
    set_up(proxy)
    status, out, err = made.run()
    assert (status, out) == (1, "")
    assert "could not change to the working directory /no/such/place" in err


def test_in_the_background_the_script_ends_and_the_tool_goes_on_with_its_own_log(
    proxy: AIBridgeProxy, agent: Any, tmp_path: Path
) -> None:
    gate, log = tmp_path / "gate", tmp_path / "tool.log"
    os.mkfifo(gate)
    made = agent(command=f"echo begun; read x <{gate}; echo ended $HTTPS_PROXY", background=True, log_path=str(log))
    set_up(proxy)
    status, out, err = made.run()
    assert (status, err) == (0, "")
    assert out == f"tool runs in the background; its output is in {log}\n"
    gate.write_text("go\n")
    wait_until(lambda: "ended" in log.read_text(), seconds=10)
    assert log.read_text() == f"begun\nended https://coder:{TOKEN}@aiproxy.example.com:8888\n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_log_of_a_tool_in_the_background_lies_in_the_scripts_data_directory(
    proxy: AIBridgeProxy, agent: Any, tmp_path: Path
) -> None:
    made = agent(command=["true"], background=True)
    set_up(proxy)
    assert made.run(CODER_SCRIPT_DATA_DIR=str(tmp_path))[1].endswith(f"{tmp_path}/aibridge-tool-tool.log\n")


def test_a_signal_reaches_the_tool(proxy: AIBridgeProxy, agent: Any, tmp_path: Path) -> None:
    ready, ended = tmp_path / "ready", tmp_path / "ended"
    made = agent(command=f"trap 'echo x >{ended}; exit 0' TERM; echo x >{ready}; while :; do sleep 0.1; done")
    set_up(proxy)
    process = made.start()
    process.wait_for(ready.exists)
    process.send_signal(signal.SIGINT)
    assert process.finish(10).status == 130
    assert ended.exists()


def test_the_process_list_never_shows_the_token(proxy: AIBridgeProxy, agent: Any) -> None:
    made = agent(command="cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; echo; echo end")
    set_up(proxy)
    status, out, _ = made.run()
    assert status == 0
    assert out.endswith("end\n")
    assert TOKEN not in out


def test_values_known_only_to_terraform_are_data_too(
    stack: TerraformStack, proxy: AIBridgeProxy, agent: Any, app: App
) -> None:
    words = TerraformVariable(stack, "words", type="string", default="it's; $(id) `id`\nAIBRIDGE")
    made = agent(command=["printf", "<%s>", words.string_value, "${var.words}", f"x{words.string_value}"])
    set_up(proxy)
    value = "it's; $(id) `id`\nAIBRIDGE"
    assert made.run()[1] == f"<{value}><{value}><x{value}>"


@pytest.mark.parametrize(
    ("id", "unit"),
    [
        ("review", "aibridge-tool-review"),
        ("tool one", "aibridge-tool-tool-one"),
        ("a/b: ü", "aibridge-tool-a-b-"),
        ("x" * 200, f"aibridge-tool-{'x' * 114}"),
    ],
)
def test_any_id_gives_a_unit_that_coder_takes(stack: TerraformStack, id: str, unit: str) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    assert ProxiedTool(stack, id.replace("/", "-"), proxy=proxy, command=["true"]).sync_unit == unit


def test_an_item_of_a_command_that_is_a_number_of_terraform_says_what_to_write(stack: TerraformStack) -> None:
    number = TerraformVariable(stack, "n", type="number").number_value
    proxy = AIBridgeProxy(stack, "p", agent_id="${var.agent_id}", proxy_url="https://aiproxy.example.com")
    with pytest.raises(InvalidValueError, match=r"Write Token\.as_string\(…\) of an item that only Terraform knows"):
        ProxiedTool(stack, "t", proxy=proxy, command=["echo", number])  # type: ignore[list-item]
