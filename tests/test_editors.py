"""The machine settings of editors: what is added, what stays, and what is left when it is taken out again."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, TerraformVariable, Testing

from aibridge_construct import AIBridgeProxy, EditorSettings, InvalidValueError, MissingArgumentError
from aibridge_construct.testing import AgentScripts, Mirror, Terraform, workspace_environment
from tests.shell.workspace import assigned

URL = "https://aiproxy.example.com:8888"
VSCODE = ".vscode-server/data/Machine/settings.json"
CODE_SERVER = ".local/share/code-server/Machine/settings.json"
BEGIN, END = "/* >>> aibridge-construct ", "/* <<< aibridge-construct <<< */"
OURS = '"http.systemCertificatesNode": true,\n  "http.useLocalProxyConfiguration": false'


@pytest.fixture
def proxy(stack: TerraformStack) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({"editors": "vscode"}, 'editors must be a list of any of "vscode", "code-server"', id="a text"),
        pytest.param({"editors": []}, "editors must be a list", id="none"),
        pytest.param({"editors": ["emacs"]}, 'editors must hold any of "vscode", "code-server"', id="another"),
        pytest.param({"no_proxy": [".x"]}, "no_proxy has no effect without proxy_settings=True", id="no_proxy"),
        pytest.param({"proxy_settings": "yes"}, "proxy_settings must be True or False", id="no choice"),
        pytest.param({"proxy_settings": True, "no_proxy": ["*"]}, "stands for every host", id="every host"),
        pytest.param({"sync_unit": "a b"}, "sync_unit must be 1 to 128", id="unit"),
        pytest.param({"proxy": URL}, "proxy must be an AIBridgeProxy", id="proxy"),
    ],
)
def test_a_mistake_is_refused(
    stack: TerraformStack, proxy: AIBridgeProxy, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        EditorSettings(stack, "editors", **({"proxy": proxy} | arguments))
    assert words in str(caught.value)


def test_a_forgotten_proxy_says_what_to_write(stack: TerraformStack) -> None:
    with pytest.raises(MissingArgumentError, match=r"Write EditorSettings\(…, proxy=proxy\)"):
        EditorSettings(stack, "editors")  # type: ignore[call-arg]


def test_two_of_them_for_one_editor_are_refused_at_synth(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    EditorSettings(stack, "one", proxy=proxy)
    EditorSettings(stack, "two", proxy=proxy, sync_unit="two", editors=["vscode"])
    with pytest.raises(RuntimeError, match="have the same settings file on the same agent"):
        app.synth()


def test_it_adds_at_the_start_before_anybody_logs_in_and_takes_out_at_the_stop(
    stack: TerraformStack, proxy: AIBridgeProxy
) -> None:
    EditorSettings(stack, "editors", proxy=proxy)
    scripts = json.loads(Testing.synth(stack))["resource"]["coder_script"]
    (start,) = (script for name, script in scripts.items() if "start" in name)
    (stop,) = (script for name, script in scripts.items() if "stop" in name)
    assert (start["run_on_start"], start["start_blocks_login"], start.get("run_on_stop")) == (True, True, None)
    assert (stop["run_on_stop"], stop.get("run_on_start")) == (True, None)
    assert "session_token" not in start["script"] + stop["script"]


# ---- the shell: rendered once by Terraform, run as the agent runs it ---------------------------------------


@pytest.fixture(scope="module")
def rendered(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The scripts of editors' settings, with the proxy among them and without."""
    directory = tmp_path_factory.mktemp("settings")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    url = TerraformVariable(stack, "url", type="string", default=URL)
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=url.string_value)
    plain = EditorSettings(stack, "plain", proxy=proxy, editors=["vscode"], sync_unit="one")
    full = EditorSettings(
        stack, "full", proxy=proxy, editors=["code-server"], sync_unit="two", proxy_settings=True, no_proxy=[".corp"]
    )
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(), mirror=mirror)
    terraform.init()
    plan = terraform.plan()
    scripts = {
        "start": plain.script,
        "stop": plain.undo,
        "start with a proxy": full.script,
        "stop with a proxy": full.undo,
    }
    return {name: plan.resource(script.address)["script"] for name, script in scripts.items()}


class Editor:
    """The settings of VS Code in a home."""

    def __init__(self, rendered: dict[str, str], scripts: AgentScripts) -> None:
        self.rendered, self.scripts = rendered, scripts
        self.file = scripts.home / VSCODE

    def all_hold(self, texts: Mapping[str, bytes]) -> dict[str, Path]:
        """Let the scripts look at as many files."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        files = {name: self.file.with_name(f"{number}.json") for number, name in enumerate(texts)}
        for name, text in texts.items():
            files[name].write_bytes(text)
        names = " ".join(str(file.relative_to(self.scripts.home)) for file in files.values())
        self.rendered = {which: assigned(script, {"FILES": names}) for which, script in self.rendered.items()}
        return files

    def holds(self, text: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(text)

    def run(self, which: str) -> str:
        """What the script warns of."""
        ended = self.scripts.run(self.rendered[which])
        assert ended.status == 0
        return ended.stderr


@pytest.fixture(params=["dash", "bash", "busybox"])
def editor(
    request: pytest.FixtureRequest, rendered: dict[str, str], coder_scripts: AgentScripts, tmp_path: Path
) -> Editor:
    """In each shell; with busybox its own tools."""
    path = "/usr/bin:/bin"
    if request.param == "busybox":
        tools = tmp_path / "tools"
        tools.mkdir()
        for name in (
            "awk",
            "cat",
            "chmod",
            "cp",
            "id",
            "ls",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "rmdir",
            "sleep",
            "wc",
            "date",
        ):
            (tools / name).symlink_to(shutil.which("busybox") or "busybox")
        path = str(tools)
    return Editor(rendered, coder_scripts.another(path=path, sh=Path(shutil.which(request.param) or request.param)))


FILES = {
    "empty object": b"{}",
    "one line": b'{"editor.fontSize": 12}',
    "comments": b'{\n  // sizes {\n  "editor.fontSize": 12, /* "http.x": { */\n  "a": [1, {"b": "}"}],\n}\n',
    "windows, byte order mark, tabs": b'\xef\xbb\xbf{\r\n\t"a": "\\"//\\\\",\r\n}\r\n',
    "nested key": b'// first\n/* second\n { */\n\n{ "a": {"http.systemCertificatesNode": false} }\n\n',
    "unicode": '{"ä": "ü\u2028", "b": "\\u007d"}'.encode(),
    "no utf-8": b'{"latin": "\xe4\xff"}',
    "empty file": b"",
    "blank file": b"  \n\n",
    "our own shape": b"{\n}\n",
    "key in another's value": b'{"a": "\\"http.systemCertificatesNode\\": false", "b": {}, "c": null}',
}
UNREADABLE = {
    "a list": b"[1]",
    "cut": b'{"a": 1',
    "open string": b'{"a": "1}',
    "open comment": b"{} /*",
    "two objects": b"{} {}",
    "a zero byte": b'{"a": "\0"}',
    "a text": b'"{}"',
}


def test_ours_are_added_and_taken_out_without_a_byte_of_the_user_s_changing(editor: Editor) -> None:
    files = editor.all_hold(FILES)
    assert editor.run("start") == ""
    added = {name: file.read_bytes() for name, file in files.items()}
    for name, text in FILES.items():
        now = added[name]
        assert OURS.encode() in now, name
        begin, end = now.index(BEGIN.encode()) - 3, now.index(END.encode()) + len(END)
        assert now[:begin] + now[end:] == (text if text.strip() else text + b"{\n}\n"), name
    assert editor.run("start") == ""
    assert {name: file.read_bytes() for name, file in files.items()} == added
    assert editor.run("stop") == ""
    assert {name: file.read_bytes() for name, file in files.items()} == FILES
    assert len([*editor.file.parent.iterdir()]) == len(FILES)


def test_a_file_that_was_not_there_goes_again(editor: Editor) -> None:
    assert editor.run("start") == ""
    assert json.loads(
        editor.file.read_text().replace(END, "").replace(editor.file.read_text().splitlines()[1], "")
    ) == {
        "http.systemCertificatesNode": True,
        "http.useLocalProxyConfiguration": False,
    }
    editor.run("start")
    editor.run("stop")
    assert not editor.file.exists()


def test_a_value_that_the_user_has_set_stays_and_is_named(editor: Editor) -> None:
    text = b'{"http.systemCertificatesNode": /* no */ false, "http.useLocalProxyConfiguration": false}'
    editor.holds(text)
    warning = editor.run("start")
    assert warning.startswith(
        f'WARNING: {editor.file} sets "http.systemCertificatesNode" to another value, which was kept'
    )
    assert editor.file.read_bytes() == text


def test_what_the_user_changes_in_ours_is_the_user_s_from_then_on(editor: Editor) -> None:
    editor.holds(b'{\n  "a": 1\n}\n')
    editor.run("start")
    text = editor.file.read_text().replace('Node": true', 'Node": false')
    editor.file.write_text(text)
    assert '"http.systemCertificatesNode" to another value' in editor.run("start")
    expected = (
        '{\n  \n  "http.systemCertificatesNode": false,\n  "http.useLocalProxyConfiguration": false,\n  \n  "a": 1\n}\n'
    )
    assert editor.file.read_text() == expected
    editor.run("stop")
    assert editor.file.read_text() == expected


def test_new_settings_of_the_template_take_the_place_of_ours(editor: Editor) -> None:
    editor.holds(b'{"a": 1}')
    editor.run("start")
    later = editor.rendered["start"].replace('"http.useLocalProxyConfiguration": false', '"http.proxy": "http://x"')
    assert editor.scripts.run(later).stderr == ""
    text = editor.file.read_text()
    assert "http.proxy" in text
    assert "useLocalProxyConfiguration" not in text
    assert text.count(BEGIN) == 1


def test_what_cannot_be_read_is_left_alone_and_said(editor: Editor) -> None:
    files = editor.all_hold(UNREADABLE)
    lines = editor.run("start").splitlines()
    assert len(lines) == len(UNREADABLE)
    assert all(line.startswith("WARNING: could not change the settings of editors in ") for line in lines)
    assert {name: file.read_bytes() for name, file in files.items()} == UNREADABLE


def test_mode_and_link_stay(editor: Editor) -> None:
    target = editor.scripts.home / "dotfiles.json"
    target.write_bytes(b"{}")
    target.chmod(0o600)
    editor.file.parent.mkdir(parents=True)
    editor.file.symlink_to(target)
    assert editor.run("start") == ""
    assert editor.file.is_symlink()
    assert OURS.encode() in target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600


def test_the_proxy_itself_is_named_without_the_token(editor: Editor) -> None:
    editor.run("start with a proxy")
    file = editor.scripts.home / CODE_SERVER
    lines = [line.strip().rstrip(",") for line in file.read_text().splitlines() if line.startswith('  "')]
    assert json.loads("{" + ",".join(lines) + "}") == {
        "http.systemCertificatesNode": True,
        "http.useLocalProxyConfiguration": False,
        "http.proxy": URL,
        "http.noProxy": ["localhost", "127.0.0.1", "::1", "coder.example.com", ".corp"],
    }
    assert not editor.file.exists()
    editor.run("stop with a proxy")
    assert not file.exists()


def test_without_awk_nothing_is_touched_and_it_is_said(
    rendered: dict[str, str], coder_scripts: AgentScripts, tmp_path: Path
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "cat").symlink_to("/bin/cat")
    editor = Editor(rendered, coder_scripts.another(path=str(tools), sh=Path("/bin/dash")))
    editor.holds(b"{}")
    assert "awk was not found" in editor.run("start")
    assert editor.file.read_bytes() == b"{}"


def test_the_page_lists_every_argument_and_what_is_added() -> None:
    page = (Path(__file__).parents[1] / "docs/editors.md").read_text()
    table = page.partition("| argument |")[2].partition("\n\n")[0]
    for argument in inspect.signature(EditorSettings.__init__).parameters.values():
        if argument.kind is argument.KEYWORD_ONLY:
            assert f"`{argument.name}`" in table
    assert OURS in page
    assert VSCODE in page
    assert CODE_SERVER in page


def test_a_provider_that_editors_are_to_reach_directly_draws_a_warning(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    settings = EditorSettings(stack, "editors", proxy=proxy, proxy_settings=True, no_proxy=[".openai.com", "[::1]"])
    (said,) = [entry.data for entry in settings.node.metadata]
    assert said.startswith("no_proxy holds .openai.com, so requests to api.openai.com go past")
