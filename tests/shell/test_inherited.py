"""What a tool and `aibridge-run` take over from their workspace when they start, in every shell."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, ProxiedTool
from aibridge_construct.testing import AgentScripts, Ended, in_every_shell
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment

from .certificates import certificate
from .deployment import Deployment, answer
from .workspace import assigned

OURS, ROOTS, COMPANY, ANOTHER = (certificate(name).decode() for name in ("ours", "roots", "company", "another"))
LOOPBACK = "localhost,127.0.0.1,::1"
DIRECT = f"{LOOPBACK},coder.example.com"
KEY = "-----BEGIN PRIVATE KEY-----\nTUlJQg==\n-----END PRIVATE KEY-----\n"
BUNDLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "GIT_PROXY_SSL_CAINFO",
    "CARGO_HTTP_PROXY_CAINFO",
)
STANDING = (
    "NIX_SSL_CERT_FILE",
    "PIP_CERT",
    "AWS_CA_BUNDLE",
    "HTTPLIB2_CA_CERTS",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "npm_config_cafile",
    "NPM_CONFIG_CAFILE",
    "CARGO_HTTP_CAINFO",
)


def plan(directory: Path, mirror: Mirror, access_url: str) -> dict[str, str]:
    """The scripts of a template, by name, as real Terraform renders them."""
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com", launcher=True)
    tools = {
        "all": ProxiedTool(stack, "all", proxy=proxy, command=["env"], wait_seconds=1),
        "node": ProxiedTool(stack, "node", proxy=proxy, command=["env"], runtimes=["node"], wait_seconds=1),
        "hosts": ProxiedTool(stack, "hosts", proxy=proxy, command=["env"], no_proxy=[".corp", "api.openai.com"]),
        "nested": ProxiedTool(
            stack, "nested", proxy=proxy, command='text=$INNER; unset INNER; exec sh -c "$text"', wait_seconds=1
        ),
    }
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(access_url=access_url), mirror=mirror)
    terraform.init()
    planned = terraform.plan()
    return {name: planned.resource(tool.script.address)["script"] for name, tool in tools.items()} | {
        "setup": planned.resource(proxy.script.address)["script"]
    }


@pytest.fixture(scope="session")
def texts(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return plan(tmp_path_factory.mktemp("inherited"), mirror, "https://coder.example.com")


@pytest.fixture(scope="session")
def texts_on_localhost(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return plan(tmp_path_factory.mktemp("inherited"), mirror, "http://localhost:3000")


class Place:
    """A workspace whose proxy is set up."""

    def __init__(self, scripts: AgentScripts, texts: Mapping[str, str]) -> None:
        self.scripts, self.root = scripts, scripts.root / "place"
        self.root.mkdir()
        self.cert = self.root / "certs" / "ca.pem"
        self.cert.parent.mkdir()
        self.bundle = self.cert.with_name("ca.pem.bundle")
        self.trust = self.cert.with_name("ca.pem.trust")
        self.cert.write_text(OURS)
        self.bundle.write_text(ROOTS + "\n" + OURS)
        self._texts = texts

    def text(self, name: str = "all") -> str:
        values = {"aibridge_cert_path": str(self.cert)}
        if name != "node":
            values["aibridge_bundle_path"] = str(self.bundle)
        return assigned(self._texts[name], values)

    def file(self, name: str, text: str) -> str:
        path = self.root / name
        path.write_text(text)
        return str(path)

    def run(self, name: str = "all", **env: str) -> Ended:
        return self.scripts.run(self.text(name), env=env)

    def merged(self, seen: Mapping[str, str]) -> tuple[str, str]:
        """What the certificate and the bundle hold that a process has seen."""
        return Path(seen["NODE_EXTRA_CA_CERTS"]).read_text(), Path(seen["SSL_CERT_FILE"]).read_text()


@pytest.fixture
def place(coder_scripts: AgentScripts, texts: dict[str, str]) -> Place:
    return Place(coder_scripts, texts)


def variables(ended: Ended) -> dict[str, str]:
    assert ended.status == 0, ended.stderr
    return dict(line.split("=", 1) for line in ended.stdout.splitlines() if "=" in line)


def quiet(ended: Ended) -> dict[str, str]:
    assert ended.stderr == ""
    return variables(ended)


# ---- certificates --------------------------------------------------------------------------------------


@in_every_shell
def test_where_nothing_is_named_no_file_is_made_and_no_program_is_called(place: Place) -> None:
    # A tool's own way to its command needs them, `cat` in bash; what reads and merges files would need more.
    for program in ("sh", "env", "mkfifo", "mkdir", "rm", "cat"):
        if not (place.scripts.image / program).exists():
            (place.scripts.image / program).symlink_to(shutil.which(program) or "")
    seen = quiet(place.run(PATH=str(place.scripts.image), SSL_CERT_FILE="", NO_PROXY="", SSL_CERT_DIR=""))
    assert {seen[name] for name in BUNDLES} == {str(place.bundle)}
    assert seen["NODE_EXTRA_CA_CERTS"] == str(place.cert)
    assert not set(STANDING) & seen.keys()
    assert not any(name.startswith("aibridge_") for name in seen)
    assert sorted(path.name for path in place.cert.parent.iterdir()) == ["ca.pem", "ca.pem.bundle"]


@in_every_shell
@pytest.mark.parametrize("variable", ["NODE_EXTRA_CA_CERTS", "DENO_CERT", *BUNDLES, *STANDING])
def test_what_the_workspace_names_is_trusted_besides(place: Place, variable: str) -> None:
    seen = quiet(place.run(**{variable: place.file("company.pem", COMPANY)}))
    certificate, bundle = place.merged(seen)
    assert certificate == OURS + "\n" + COMPANY
    assert bundle == ROOTS + "\n" + OURS + "\n" + COMPANY
    assert {seen[name] for name in BUNDLES} == {seen["SSL_CERT_FILE"]}
    assert {seen[name] for name in STANDING if name in seen} <= {seen["NODE_EXTRA_CA_CERTS"]}
    assert set(STANDING) & seen.keys() == {variable} & set(STANDING)
    assert place.trust.stat().st_mode & 0o7777 == 0o700
    assert not [path for path in place.trust.iterdir() if path.name.startswith(".")]
    assert (place.cert.read_text(), place.bundle.read_text()) == (OURS, ROOTS + "\n" + OURS)


FILES = [
    pytest.param(".npmrc", "registry=https://r.test/\ncafile={}\n", "npm_config_cafile", id="npm"),
    pytest.param(".npmrc", 'cafile = "${{HOME}}/company.pem"', "npm_config_cafile", id="npm, quoted, from the home"),
    pytest.param(".config/pip/pip.conf", "[global]\ntimeout = 5\n  cert = {}\r\n", "PIP_CERT", id="pip"),
    pytest.param(".pip/pip.conf", "[global]\ncert=~/company.pem\n", "PIP_CERT", id="pip's older place"),
    pytest.param(".aws/config", "[default]\nregion = x\nca_bundle = {}\n", "AWS_CA_BUNDLE", id="aws"),
    pytest.param(".gitconfig", "[http]\n\tsslCAInfo = {}\n", "GIT_SSL_CAINFO", id="git"),
]


@in_every_shell
@pytest.mark.parametrize(("name", "text", "variable"), FILES)
def test_a_file_of_the_user_that_names_certificates_counts_like_a_variable(
    place: Place, name: str, text: str, variable: str
) -> None:
    home = place.scripts.home
    (home / "company.pem").write_text(COMPANY)
    file = home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format(home / "company.pem"))
    seen = quiet(place.run())
    assert place.merged(seen)[0] == OURS + "\n" + COMPANY
    assert Path(seen[variable]).read_text().endswith(OURS + "\n" + COMPANY)
    # A variable that the workspace has set wins, as it does in the program.
    seen = quiet(place.run(**{variable: place.file("another.pem", ANOTHER)}))
    assert place.merged(seen)[0] == OURS + "\n" + ANOTHER


@in_every_shell
def test_a_file_of_the_user_that_names_nothing_changes_nothing(place: Place) -> None:
    home = place.scripts.home
    (home / ".npmrc").write_text(
        "; cafile=/etc/passwd\n#cafile=/etc/passwd\ncafile\ncafile=\ncafile=/nonexistent\nnocafile=/etc/passwd\n"
    )
    (home / ".gitconfig").mkdir()
    seen = quiet(place.run())
    assert seen["NODE_EXTRA_CA_CERTS"] == str(place.cert)
    assert not {"npm_config_cafile", "PIP_CERT", "AWS_CA_BUNDLE"} & seen.keys()


@in_every_shell
def test_every_variable_adds_its_own_and_one_file_counts_once(place: Place) -> None:
    company, another = place.file("company.pem", COMPANY), place.file("another.pem", ANOTHER)
    link = place.root / "link.pem"
    link.symlink_to(company)
    seen = quiet(place.run(SSL_CERT_FILE=company, CURL_CA_BUNDLE=str(link), PIP_CERT=another, SSL_CERT_DIR=""))
    assert place.merged(seen)[0] == OURS + "\n" + COMPANY + ANOTHER


@in_every_shell
def test_a_tool_without_need_of_a_bundle_gets_none(place: Place) -> None:
    another = place.file("another.pem", ANOTHER)
    seen = quiet(place.run("node", NODE_EXTRA_CA_CERTS=place.file("company.pem", COMPANY), PIP_CERT=another))
    assert Path(seen["NODE_EXTRA_CA_CERTS"]).read_text() == OURS + "\n" + ANOTHER + COMPANY
    assert "SSL_CERT_FILE" not in seen
    # Node does not read it.
    assert seen["PIP_CERT"] == another
    assert not list(place.trust.glob("bundle-*"))


@in_every_shell
def test_directories_of_certificates_are_read_as_openssl_reads_them(place: Place) -> None:
    hashed, empty = place.root / "hashed", place.root / "empty"
    hashed.mkdir()
    empty.mkdir()
    (hashed / "0a1b2c3d.0").write_text(COMPANY)
    (hashed / "readme.txt").write_text("text")
    (hashed / "other.pem").write_text(ANOTHER)
    seen = quiet(place.run(SSL_CERT_DIR=f"{empty}:{hashed}:/nonexistent"))
    assert place.merged(seen)[1] == ROOTS + "\n" + OURS + "\n" + COMPANY
    assert seen["SSL_CERT_DIR"] == f"{empty}:{hashed}:/nonexistent"
    seen = quiet(place.run(REQUESTS_CA_BUNDLE=str(hashed)))
    assert place.merged(seen)[1] == ROOTS + "\n" + OURS + "\n" + COMPANY
    assert not list(hashed.rglob("hashed"))


@in_every_shell
def test_functions_that_bash_exports_are_not_called(place: Place) -> None:
    programs = ("awk", "cat", "chmod", "cksum", "ln", "mkdir", "mv", "printf", "readlink", "rm", "wc")
    functions = {f"BASH_FUNC_{program}%%": "() { echo called; exit 1; }" for program in programs}
    seen = place.run(SSL_CERT_FILE=place.file("company.pem", COMPANY), **functions)
    assert seen.stderr == ""
    (bundle,) = [line for line in seen.stdout.splitlines() if line.startswith("SSL_CERT_FILE=")]
    assert COMPANY in Path(bundle.partition("=")[2]).read_text()


WEIRD = ["a b.pem", 'it\'s "x" $(touch x) `id`.pem', "-rf", "*", "new\nline\n", "\\", "a=b.pem", "ünï.pem", "[x]?.pem"]


@in_every_shell
def test_a_path_may_hold_any_character(place: Place) -> None:
    (place.root / "lure.pem").write_text(ANOTHER)
    for name in WEIRD:
        path = place.root / name
        path.write_text(COMPANY)
        for value in (str(path), os.path.relpath(path, place.scripts.home)):
            ended = place.run(SSL_CERT_FILE=value)
            assert (ended.status, ended.stderr) == (0, ""), name
            (merged,) = place.trust.glob("bundle-*.pem")
            assert merged.read_text() == ROOTS + "\n" + OURS + "\n" + COMPANY
            (record,) = place.trust.glob("*.[0-9][0-9][0-9]")
            assert record.read_text() == COMPANY
            shutil.rmtree(place.trust)
        path.unlink()
    assert not list(place.scripts.home.iterdir())


CUT = COMPANY.replace(COMPANY.splitlines()[3] + "\n", "")
SHORT = "-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n"


@in_every_shell
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(KEY + COMPANY, COMPANY, id="a private key before it"),
        pytest.param(COMPANY + KEY, COMPANY, id="a private key after it"),
        pytest.param(COMPANY.rpartition("-----END")[0] + KEY + ANOTHER, ANOTHER, id="a private key in a cut one"),
        pytest.param("subject=/CN=x\n" + COMPANY + "\ntext\n", COMPANY, id="text around it"),
        pytest.param(COMPANY.replace("\n", "\r\n"), COMPANY, id="CRLF"),
        pytest.param("\ufeff" + COMPANY, COMPANY, id="a byte order mark"),
        pytest.param(COMPANY.replace("\n", " \t\n"), COMPANY, id="blanks at line ends"),
        pytest.param(COMPANY.rstrip(), COMPANY, id="no newline at the end"),
        pytest.param(CUT + ANOTHER, ANOTHER, id="one that lost a line"),
        pytest.param(SHORT + ANOTHER, ANOTHER, id="one that is none"),
        pytest.param(
            COMPANY.replace("-----BEGIN CERT", "-----BEGIN X509 CERT").replace("END CERT", "END X509 CERT"),
            COMPANY,
            id="the old name",
        ),
    ],
)
def test_only_whole_certificates_are_taken(place: Place, text: str, kept: str) -> None:
    seen = quiet(place.run(SSL_CERT_FILE=place.file("named.pem", text)))
    assert place.merged(seen)[0] == OURS + "\n" + kept


@in_every_shell
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "which is missing"),
        ("directory", "a directory without certificates"),
        ("empty", "which holds no certificate"),
        ("key", "which holds no certificate"),
        ("damaged", "which holds no certificate"),
        ("zero", "which holds no certificate"),
        ("fifo", "which is not a file"),
        ("device", "which is not a file"),
        ("huge", "which is larger than 4194304 bytes"),
    ],
)
def test_a_file_that_adds_nothing_is_named_and_harms_nothing(place: Place, kind: str, words: str) -> None:
    path = place.root / "named"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "huge":
        path.write_bytes(b"")
        os.truncate(path, 5 * 2**20)
    elif kind != "missing":
        line = COMPANY.splitlines()[4]
        path.write_text(
            {"empty": "", "key": KEY, "damaged": CUT, "zero": COMPANY.replace(line, line[:9] + "\0" + line[9:])}[kind]
        )
    ended = place.run(SSL_CERT_FILE=str(path))
    assert ended.stderr == (
        f"WARNING: SSL_CERT_FILE of this workspace names {path}, {words}: it adds nothing to what is trusted behind "
        "the AI Bridge Proxy.\n"
    )
    seen = variables(ended)
    assert (seen["NODE_EXTRA_CA_CERTS"], seen["SSL_CERT_FILE"]) == (str(place.cert), str(place.bundle))
    ended = place.run(SSL_CERT_FILE=str(path), PIP_CERT=place.file("company.pem", COMPANY))
    assert place.merged(variables(ended))[0] == OURS + "\n" + COMPANY


@in_every_shell
def test_nothing_of_ours_is_merged_with_itself(place: Place) -> None:
    link = place.root / "link.pem"
    link.symlink_to(place.bundle)
    for value in (str(place.cert), str(place.bundle), str(link), os.path.relpath(place.cert, place.scripts.home)):
        seen = quiet(place.run(SSL_CERT_FILE=value, NODE_EXTRA_CA_CERTS=str(place.cert)))
        assert (seen["NODE_EXTRA_CA_CERTS"], seen["SSL_CERT_FILE"]) == (str(place.cert), str(place.bundle))


@in_every_shell
def test_a_tool_that_a_tool_starts_keeps_what_the_workspace_named(place: Place) -> None:
    company, another = place.file("company.pem", COMPANY), place.file("another.pem", ANOTHER)
    inner = place.text()
    seen = quiet(place.run("nested", INNER=inner, SSL_CERT_FILE=company, NO_PROXY=".corp"))
    assert place.merged(seen) == (OURS + "\n" + COMPANY, ROOTS + "\n" + OURS + "\n" + COMPANY)
    assert seen["NO_PROXY"] == f".corp,{DIRECT}"
    assert len(list(place.trust.glob("certificate-*"))) == 1
    # The same from a directory and with one file more.
    more = f"PIP_CERT={another}; export PIP_CERT\n"
    seen = quiet(place.run("nested", INNER=more + inner.split("\n", 1)[1], SSL_CERT_FILE=company))
    assert place.merged(seen)[0] == OURS + "\n" + COMPANY + ANOTHER
    assert len(list(place.trust.glob("certificate-*"))) == 2


@in_every_shell
def test_the_name_depends_on_the_sources_and_the_content_is_of_this_moment(place: Place) -> None:
    company, another = Path(place.file("company.pem", COMPANY)), place.file("another.pem", ANOTHER)
    first = quiet(place.run(SSL_CERT_FILE=str(company)))
    other = quiet(place.run(SSL_CERT_FILE=another))
    assert first["SSL_CERT_FILE"] != other["SSL_CERT_FILE"]
    company.write_text(ANOTHER)
    place.cert.write_text(ROOTS)
    again = quiet(place.run(SSL_CERT_FILE=str(company)))
    assert again["SSL_CERT_FILE"] == first["SSL_CERT_FILE"]
    assert place.merged(again)[0] == ROOTS + "\n" + ANOTHER


@in_every_shell
def test_twenty_tools_may_start_at_once(place: Place) -> None:
    named = place.file("company.pem", COMPANY * 20)
    with ThreadPoolExecutor(20) as pool:
        ended = list(pool.map(lambda _: place.run(SSL_CERT_FILE=named), range(20)))
    merged = {place.merged(quiet(one)) for one in ended}
    assert merged == {(OURS + "\n" + COMPANY * 20, ROOTS + "\n" + OURS + "\n" + COMPANY * 20)}
    # What curl and wget need is there too, where they are installed.
    assert len([path for path in place.trust.iterdir() if not path.name.startswith(("curl-", "wget-"))]) == 3


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away and mount")


@needs_root
@in_every_shell
@pytest.mark.parametrize("kind", ["directory", "link", "file"])
def test_a_directory_that_somebody_else_made_first_is_not_used(place: Place, kind: str) -> None:
    if kind == "directory":
        place.trust.mkdir(mode=0o777)
    elif kind == "link":
        (place.root / "theirs").mkdir()
        place.trust.symlink_to(place.root / "theirs")
    else:
        place.trust.write_text("")
    os.chown(place.trust, 12345, 12345, follow_symlinks=False)
    ended = place.run(SSL_CERT_FILE=place.file("company.pem", COMPANY))
    assert "what this workspace names in SSL_CERT_FILE is not trusted behind the AI Bridge Proxy" in ended.stderr
    assert variables(ended)["SSL_CERT_FILE"] == str(place.bundle)
    assert not (place.root / "theirs").exists() or not list((place.root / "theirs").iterdir())


@in_every_shell
def test_a_directory_of_ours_that_was_open_to_others_is_closed(place: Place) -> None:
    place.trust.mkdir()
    place.trust.chmod(0o777)
    quiet(place.run(SSL_CERT_FILE=place.file("company.pem", COMPANY)))
    assert place.trust.stat().st_mode & 0o7777 == 0o700


@needs_root
@in_every_shell
@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_a_disk_that_takes_nothing_is_said_and_the_tool_runs(place: Place, disk: str) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", str(place.cert.parent)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine does not let tests mount a tmpfs")
    try:
        place.cert.write_text(OURS)
        place.bundle.write_text(ROOTS + "\n" + OURS)
        if disk == "full":
            with pytest.raises(OSError, match="No space"):
                (place.cert.parent / "filler").write_bytes(b"x" * 2**17)
        else:
            subprocess.run(["mount", "-o", "remount,ro", place.cert.parent], check=True)
        ended = place.run(SSL_CERT_FILE=place.file("company.pem", COMPANY), PIP_CERT="/missing")
    finally:
        subprocess.run(["umount", "-l", place.cert.parent], check=True)
    assert "SSL_CERT_FILE PIP_CERT is not trusted behind the AI Bridge Proxy" in ended.stderr
    assert f"could not write in the directory {place.trust}: check its owner" in ended.stderr
    assert variables(ended)["SSL_CERT_FILE"] == str(place.bundle)


@in_every_shell
def test_without_awk_a_file_of_certificates_alone_is_taken(place: Place) -> None:
    bin = place.root / "bin"
    bin.mkdir()
    for tool in (
        "sh",
        "env",
        "mkfifo",
        "mkdir",
        "mv",
        "rm",
        "cat",
        "sleep",
        "wc",
        "ls",
        "id",
        "ln",
        "cksum",
        "chmod",
        "readlink",
    ):
        (bin / tool).symlink_to(shutil.which(tool) or "")
    path = f"{place.scripts.image}:{bin}"
    seen = quiet(place.run(SSL_CERT_FILE=place.file("company.pem", COMPANY), PATH=path))
    assert COMPANY in place.merged(seen)[0]
    ended = place.run(SSL_CERT_FILE=place.file("key.pem", KEY + COMPANY), PATH=path)
    # busybox has an awk of its own.
    assert "which holds no certificate" in ended.stderr or KEY not in place.merged(variables(ended))[0]


# ---- hosts ---------------------------------------------------------------------------------------------


@in_every_shell
@pytest.mark.parametrize(
    ("env", "expected"),
    [
        pytest.param({}, DIRECT, id="none"),
        pytest.param({"NO_PROXY": ".corp,10.0.0.0/8"}, f".corp,10.0.0.0/8,{DIRECT}", id="upper case"),
        pytest.param({"no_proxy": "git.corp"}, f"git.corp,{DIRECT}", id="lower case"),
        pytest.param(
            {"NO_PROXY": "a.corp,b.corp", "no_proxy": "b.corp,c.corp"}, f"a.corp,b.corp,c.corp,{DIRECT}", id="both"
        ),
        pytest.param({"NO_PROXY": " a.corp ,, b.corp\tc.corp,"}, f"a.corp,b.corp,c.corp,{DIRECT}", id="blanks"),
        pytest.param({"NO_PROXY": "::1,coder.example.com"}, "::1,coder.example.com,localhost,127.0.0.1", id="twice"),
        pytest.param({"NO_PROXY": "$(id)`id`'\"\\,?*?.x"}, f"$(id)`id`'\"\\,?*?.x,{DIRECT}", id="no code and no glob"),
    ],
)
def test_hosts_of_the_workspace_are_kept_and_ours_added(place: Place, env: dict[str, str], expected: str) -> None:
    seen = quiet(place.run(**env))
    assert (seen["NO_PROXY"], seen["no_proxy"]) == (expected, expected)


@in_every_shell
@pytest.mark.parametrize("item", ["[::1]", "[fd00::1]:8080", "fd00::/8"])
def test_an_item_on_which_httpx_fails_is_kept_with_a_warning(place: Place, item: str) -> None:
    ended = place.run(NO_PROXY=f"{item},a.corp")
    assert f"WARNING: NO_PROXY of this workspace holds {item}, which httpx cannot read" in ended.stderr
    assert ended.stderr.count("WARNING") == 1
    assert f"NO_PROXY={item},a.corp,{DIRECT}\n" in ended.stdout


@in_every_shell
@pytest.mark.parametrize(
    "item", ["*", " * ", ".", "*.", "*.*", "**", "*:443", "a.corp,*", "a.corp, *,b.corp", "*\ta.corp"]
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_an_item_that_stands_for_every_host_is_left_out_loudly(place: Place, item: str, variable: str) -> None:
    ended = place.run(**{variable: item})
    assert f"WARNING: {variable} of this workspace holds " in ended.stderr
    assert "would switch the AI Bridge Proxy off" in ended.stderr
    kept = [part for part in item.replace("\t", ",").split(",") if "corp" in part]
    assert variables(ended)["NO_PROXY"] == ",".join([*kept, DIRECT])


@in_every_shell
@pytest.mark.parametrize(
    ("item", "host"),
    [
        ("api.openai.com", "api.openai.com"),
        (".com", "api.anthropic.com, api.openai.com"),
        ("COM", "api.anthropic.com, api.openai.com"),
        ("*.Anthropic.com", "api.anthropic.com"),
        ("anthropic.com:443", "api.anthropic.com"),
        ("openai.com.", "api.openai.com"),
        ("*ai.com", "api.openai.com"),
        (".githubcopilot.com", "api.individual.githubcopilot.com"),
    ],
)
def test_a_provider_that_the_workspace_reaches_directly_is_named(place: Place, item: str, host: str) -> None:
    ended = place.run(NO_PROXY=item)
    assert ended.stderr.startswith(f"WARNING: NO_PROXY of this workspace holds {item}, so requests to ")
    assert host in ended.stderr
    assert ended.stderr.endswith(" go past the AI Bridge Proxy: they are not governed.\n")
    assert variables(ended)["NO_PROXY"] == f"{item},{DIRECT}"


@in_every_shell
def test_hosts_of_a_tool_come_on_top(place: Place) -> None:
    ended = place.run("hosts", NO_PROXY="a.corp")
    assert variables(ended)["NO_PROXY"] == f"a.corp,{DIRECT},.corp,api.openai.com"
    assert ended.stderr == (
        "WARNING: no_proxy of the template holds api.openai.com, so requests to api.openai.com go past the AI Bridge "
        "Proxy: they are not governed.\n"
    )


@in_every_shell
@pytest.mark.parametrize(
    ("agent_url", "more"),
    [
        ("http://host.docker.internal:3000", ",host.docker.internal"),
        ("http://Host.Docker.Internal:3000/", ",host.docker.internal"),
        ("http://[2001:db8::7]:3000", ",2001:db8::7"),
        ("http://127.0.0.1:3000", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_of_a_deployment_on_localhost_the_host_that_is_really_used_is_direct(
    coder_scripts: AgentScripts, texts_on_localhost: dict[str, str], agent_url: str, more: str
) -> None:
    place = Place(coder_scripts, texts_on_localhost)
    assert quiet(place.run(CODER_AGENT_URL=agent_url))["NO_PROXY"] == LOOPBACK + more


@in_every_shell
def test_the_address_of_the_agent_counts_for_a_deployment_on_localhost_only(place: Place) -> None:
    assert quiet(place.run(CODER_AGENT_URL="http://elsewhere:3000"))["NO_PROXY"] == DIRECT


@in_every_shell
def test_other_proxies_of_the_workspace_stay(place: Place) -> None:
    seen = quiet(
        place.run(HTTP_PROXY="http://corp:1", ALL_PROXY="http://corp:2", HTTPS_PROXY="http://corp:3", https_proxy="")
    )
    assert (seen["HTTP_PROXY"], seen["ALL_PROXY"]) == ("http://corp:1", "http://corp:2")
    assert seen["HTTPS_PROXY"] == seen["https_proxy"] == "https://coder:owner-session-token@aiproxy.example.com"


# ---- a start of the workspace, and aibridge-run --------------------------------------------------------


class Started(Place):
    """A workspace whose setup script runs for real."""

    def __init__(self, scripts: AgentScripts, texts: Mapping[str, str], url: str) -> None:
        super().__init__(scripts, texts)
        self.url = url

    def set_up(self, access_url: str = "", **env: str) -> Ended:
        values = {
            "CERT_PATH": str(self.cert),
            "BUNDLE_PATH": str(self.bundle),
            "ACCESS_URL": access_url or self.url,
            "DEADLINE": "3",
        }
        return self.scripts.run(assigned(self._texts["setup"], values), env=env)

    def launch(self, *command: str, **env: str) -> Ended:
        launcher = self.scripts.bin / "aibridge-run"
        launcher.write_text(
            assigned(
                launcher.read_text(),
                {"aibridge_cert_path": str(self.cert), "aibridge_bundle_path": str(self.bundle)},
            )
        )
        return self.scripts.terminal("sh", str(launcher), *command, env=env)


@pytest.fixture
def started(coder_scripts: AgentScripts, texts: dict[str, str]) -> Iterator[Started]:
    with Deployment(answer(200, OURS.encode())) as deployment:
        yield Started(coder_scripts, texts, deployment.url)


@in_every_shell
def test_a_later_start_makes_merged_files_anew_under_the_same_names(started: Started) -> None:
    company = Path(started.file("company.pem", COMPANY))
    first = quiet(started.run(SSL_CERT_FILE=str(company)))
    before = sorted(path.name for path in started.trust.iterdir())
    company.write_text(ANOTHER)
    ended = started.set_up()
    assert (ended.status, ended.stderr) == (0, "")
    certificate, bundle = started.merged(first)
    assert certificate == OURS + "\n" + ANOTHER
    assert bundle == started.bundle.read_text() + "\n" + ANOTHER
    assert sorted(path.name for path in started.trust.iterdir()) == before
    # A source that has gone: the rest stays.
    company.unlink()
    ended = started.set_up()
    assert (ended.status, ended.stderr) == (0, "")
    assert started.merged(first)[0] == OURS + "\n"


@in_every_shell
def test_aibridge_run_takes_over_what_a_tool_does(started: Started) -> None:
    assert started.set_up().status == 0
    company = started.file("company.pem", COMPANY)
    seen = quiet(started.launch("env", SSL_CERT_FILE=company, no_proxy=".corp"))
    assert started.merged(seen)[0] == OURS + "\n" + COMPANY
    assert seen["NO_PROXY"] == seen["no_proxy"] == f".corp,{DIRECT}"
    assert not any(name.startswith("aibridge_") for name in seen)
    inner = quiet(started.launch("sh", str(started.scripts.bin / "aibridge-run"), "env", SSL_CERT_FILE=company))
    assert inner["SSL_CERT_FILE"] == seen["SSL_CERT_FILE"]
    shutil.rmtree(started.trust)
    seen = quiet(started.launch("env"))
    assert (seen["SSL_CERT_FILE"], seen["NO_PROXY"]) == (str(started.bundle), DIRECT)
    assert not list(started.trust.glob("certificate-*"))


@in_every_shell
def test_aibridge_run_knows_where_setup_found_a_deployment_on_localhost(
    coder_scripts: AgentScripts, texts_on_localhost: dict[str, str]
) -> None:
    with Deployment(answer(200, OURS.encode())) as deployment:
        started = Started(coder_scripts, texts_on_localhost, deployment.url)
        # Setup asks there in vain, and writes the launcher all the same.
        ended = started.set_up("http://localhost:3000", CODER_AGENT_URL="http://host.docker.invalid:1")
        assert "asking http://host.docker.invalid:1, where its agent found the deployment" in ended.stdout
        seen = quiet(started.launch("env"))
        assert seen["NO_PROXY"] == f"{LOOPBACK},host.docker.invalid"
