"""From values and shell files to the text of a ``coder_script``: quoting, Terraform escaping, prologue and body.

The rendered text is a Terraform template. Its parts:

- The agent runs the text as ``sh -c TEXT`` (Coder's agent source, ``agentscripts``), so TEXT, secrets included, would
  stand in the process list for as long as the script runs. The first lines therefore replace that shell by one that
  reads the rest from a here-document; from then on the process list shows ``sh -s`` (``bash -p -c eval …``). Before
  that, options are switched off that bash takes from an exported ``SHELLOPTS``: they would print the text.
- Values come first, one assignment each, single-quoted: nothing in a value is ever code. Each name is unset before,
  because an inherited variable would keep its export flag and hand a secret to every child.
- The body is static files, last line ``main``.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aibridge_construct._version import __version__
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.validation import template_text

__all__ = [
    "BODY_PREFIX",
    "END_OF_SCRIPT",
    "SETUP_FILES",
    "WRITTEN_BY",
    "Body",
    "Expression",
    "Rendered",
    "as_template",
    "assignments",
    "body",
    "function",
    "here_document",
    "program",
    "quote",
    "refuse_end_of_script",
    "render",
    "shell_file",
    "shell_text",
    "without_version",
    "words",
]

#: Ends the here-document. No line of a value may equal it.
END_OF_SCRIPT = "AIBRIDGE_CONSTRUCT_END"

#: How the names of locals begin that hold a :class:`Body`.
BODY_PREFIX = "aibridge_construct_"

#: The files of the setup script, in their order.
SETUP_FILES = ("lib.sh", "address.sh", "trust.sh", "setup.sh")

_WRITTEN_BY = "# Written by aibridge-construct. The comments that explain it are in the package's folder shell/."
_VERSION = f"aibridge_version={__version__} "

#: The line of every script that says which version wrote it; a failure and ``aibridge-run --check`` say it again.
WRITTEN_BY = _VERSION + _WRITTEN_BY

# bash takes more from its environment than variables: options, and functions that take the place of any command, ours
# included. With -p it takes none of it, and passes the functions on to its children all the same. Until then: in its
# POSIX mode, which an assignment turns on, no function takes the place of `set`, `exec` or `export`. What bash has made
# of the options is kept for the command that the script may run.
#
# bash reads a script from a pipe byte by byte, so there cat reads it: with a script of this size that halves the time.
_SAVE_OPTIONS = (
    "{ AIBRIDGE_SHELLOPTS=${SHELLOPTS-} AIBRIDGE_BASHOPTS=${BASHOPTS-} AIBRIDGE_POSIX=${POSIXLY_CORRECT+set} "
    "POSIXLY_CORRECT=${POSIXLY_CORRECT-yes}; set +aefuvx; } 2>/dev/null"
)
# Only bash has one of these letters in $-; BASH_VERSION may stand in the environment of any shell.
_IF_BASH = "case $-${BASH_VERSION-} in *[hB]*.*) export AIBRIDGE_SHELLOPTS AIBRIDGE_BASHOPTS AIBRIDGE_POSIX;"
_TAKE_OPTIONS = (
    "aibridge_shellopts=${AIBRIDGE_SHELLOPTS-} aibridge_bashopts=${AIBRIDGE_BASHOPTS-}; "
    "case $-${AIBRIDGE_POSIX-} in *p*set) eval 'set +p' ;; *p*) eval 'set +p'; unset POSIXLY_CORRECT ;; esac; "
    "unset AIBRIDGE_SHELLOPTS AIBRIDGE_BASHOPTS AIBRIDGE_POSIX\n"
)
# Whether what stands in /proc are the processes of this script: some sandboxes show those of another namespace, whose
# numbers are other processes here.
_LOOK_AT_PROC = (
    'aibridge_proc=none; if [ /proc/self -ef "/proc/$$" ]; then aibridge_proc=own; '
    "elif [ -e /proc/self/stat ]; then aibridge_proc=other; fi\n"
)

_PROLOGUE = f"""\
#!/bin/sh
{_SAVE_OPTIONS}; set -- sh; {_IF_BASH} set -- "$BASH" -p -c 'eval "$(cat)"' ;; esac
exec "$@" -s <<'{END_OF_SCRIPT}'
{{ set +axv; }} 2>/dev/null
{WRITTEN_BY}
{_TAKE_OPTIONS}{_LOOK_AT_PROC}"""

_PROGRAM_PROLOGUE = f"""\
case $-${{AIBRIDGE_SHELLOPTS+set}} in
  *p*set) ;;
  *) {_SAVE_OPTIONS}; {_IF_BASH} exec "$BASH" -p "$0" "$@" ;; esac ;;
esac
{WRITTEN_BY}
{_TAKE_OPTIONS}{_LOOK_AT_PROC}"""

# HCL reads the text between two interpolations line by line and joins the lines one at a time, copying what it has so
# far (`meldConsecutiveStringLiterals` of its parser, up to 2.24 at least). Terraform reads a string of a JSON file anew
# each time it looks at it, about ten times in a plan. So a body has an interpolation of nothing every so many lines: a
# plan of one proxy and one tool takes a third of the time with it.
_BREAK = '${""}'
_STRETCH = 64
_FUNCTION = re.compile(r"[a-z_]+\(\) [{(]")


@dataclass(frozen=True)
class Expression:
    """A value that only Terraform knows.

    Args:
        text: a Terraform expression that yields a string, without ``${}``. It must hold no engine token inside quotes.
    """

    text: str


class Body(str):
    """A text in which nothing depends on a value.

    Attributes:
        name: the local that holds it in a stack where several scripts have it; none may hold it without.
        stretches: the same text as Terraform is to read it, with a break here and there that stands for nothing.
    """

    __slots__ = ("name", "stretches")
    name: str
    stretches: str

    @classmethod
    def of(cls, *texts: str, name: str = "") -> Body:
        """``texts``, one after the other."""
        made = cls("".join(texts))
        made.name = name
        made.stretches = "".join(map(_in_stretches, Rendered.of(*texts).parts))
        return made


class Rendered(str):
    """A text of checked values and of bodies: a carriage return in it belongs to a value.

    Attributes:
        parts: what it was made of, and what that was made of.
        adds: how many bytes Terraform puts into it at most, where rules bound that.
    """

    __slots__ = ("adds", "parts")
    parts: tuple[str, ...]
    adds: int | None

    @classmethod
    def of(cls, *parts: str, adds: int | None = None) -> Rendered:
        """``parts``, one after the other."""
        made = cls("".join(parts))
        made.adds = adds
        made.parts = tuple(each for part in parts for each in (part.parts if isinstance(part, Rendered) else (part,)))
        return made

    @property
    def bodies(self) -> Iterator[Body]:
        """Its parts that other scripts may have too."""
        return (part for part in self.parts if isinstance(part, Body) and part.name)

    def with_locals(self, shared: Container[Body]) -> str:
        """The same text for Terraform, with a reference in place of each of ``shared``."""
        return "".join(
            part if not isinstance(part, Body) else f"${{local.{part.name}}}" if part in shared else part.stretches
            for part in self.parts
        )


def quote(value: str | Expression) -> str:
    """``value`` as one shell word, in single quotes, as Terraform template text.

    A literal is quoted here. An :class:`Expression` is quoted by Terraform when it knows the value: Python could
    only quote the placeholder.
    """
    if isinstance(value, Expression):
        return f"""'${{replace({value.text}, "'", "'\\\\''")}}'"""
    return template_text("'" + value.replace("'", "'\\''") + "'")


def render(values: Mapping[str, str | Expression], *parts: str, adds: int | None = None) -> Rendered:
    """The text of a ``coder_script``: ``values`` as shell variables, then ``parts``.

    Args:
        values: shell variable name to value. Literals are the very characters, not Terraform templates.
        parts: Terraform template text, from :func:`shell_file` and the other functions here; the last one calls
            ``main``.
        adds: as of :class:`Rendered`.

    Raises:
        ValueError: a literal has a line that would end the script's here-document.
    """
    return Rendered.of(template_text(_PROLOGUE), _values(values), *parts, END_OF_SCRIPT + "\n", adds=adds)


def program(values: Mapping[str, str | Expression], *parts: str) -> Rendered:
    """The text of a file that is run as a command, with its arguments, behind its first line; otherwise as
    :func:`render`.

    Raises:
        ValueError: as of :func:`render`: the file is written by a script.
    """
    return Rendered.of(template_text(_PROGRAM_PROLOGUE), _values(values), *parts)


def _values(values: Mapping[str, str | Expression]) -> str:
    for name, value in values.items():
        if isinstance(value, str):
            refuse_end_of_script(name, value)
    lines = [f"unset {' '.join(values)}", *(f"{name}={quote(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


def refuse_end_of_script(name: str, text: str) -> None:
    """Refuse a literal that would end the script early.

    Raises:
        ValueError: a line of ``text`` equals :data:`END_OF_SCRIPT`.
    """
    if END_OF_SCRIPT in text.splitlines():
        raise ValueError(f"{name} must not have a line that reads {END_OF_SCRIPT}: it marks the end of the script.")


def shell_text(field: str, text: str) -> str:
    """A shell text of the user with the line ends of Unix: a file from Windows has others, and Terraform keeps them.

    A shell takes the carriage return for a part of the last word, so it knows neither its program nor its keywords.

    Args:
        field: names the argument in messages.
        text: a Terraform template; what is no text is refused where its type is.

    Raises:
        InvalidValueError: a carriage return stands alone, which may mean a line end or itself.
    """
    if not isinstance(text, str):
        return text  # type: ignore[unreachable]
    mended = text.replace("\r\n", "\n")
    if "\r" in mended:
        raise InvalidValueError(
            field,
            f"{field} must end its lines with line feeds, but it has a carriage return that stands alone: "
            'write "\\n" for the end of a line, or let the shell make one with printf.',
        )
    return mended


def without_version(text: str) -> str:
    """``text`` without the version, if this one wrote it."""
    return text.replace(WRITTEN_BY, _WRITTEN_BY)


@cache
def shell_file(name: str) -> Body:
    """A static file of this room, for example ``setup.sh``, as Terraform template text.

    Comments stay behind: they are a third of the text, which every workspace stores and every start reads.
    """
    lines = files("aibridge_construct.shell").joinpath(name).read_text("utf-8").splitlines(keepends=True)
    return Body.of(template_text("".join(line for line in lines if not line.lstrip().startswith("#"))))


def body(name: str, *texts: str) -> Body:
    """``texts``, in which nothing depends on a value, as one that several scripts of a stack may have."""
    return Body.of(*texts, name=BODY_PREFIX + name)


def _in_stretches(text: str) -> str:
    """``text`` as Terraform is to read it: with a break before a function where the last one is a while ago."""
    if isinstance(text, Body):
        return text.stretches
    lines = text.splitlines(keepends=True)
    written: list[str] = []
    length = min(len(lines), _STRETCH)
    for line in lines:
        if length >= _STRETCH and _FUNCTION.match(line):
            written.append(_BREAK)
            length = 0
        written.append(line)
        length += 1
    return "".join(written)


def function(name: str, body: str) -> Rendered:
    """A shell function. ``body`` is Terraform template text that ends in a newline."""
    return Rendered.of(f"{name}() {{\n", body, "}\n")


def assignments(values: Mapping[str, str | Expression]) -> str:
    """Lines that set and export ``values``."""
    lines = [f"{name}={quote(value)}\n" for name, value in values.items()]
    return "".join(lines) + f"export {' '.join(values)}\n"


def here_document(text: str) -> Rendered:
    """A command that prints ``text``, which is Terraform template text that ends in a newline."""
    return Rendered.of("cat <<'AIBRIDGE_TEXT_END'\n", text, "AIBRIDGE_TEXT_END\n")


def as_template(value: str | Expression) -> str:
    """``value`` as a Terraform string, for anything but a shell."""
    return f"${{{value.text}}}" if isinstance(value, Expression) else template_text(value)


def words(values: Sequence[str | Expression]) -> str:
    """``values`` as the words of one command, each quoted."""
    return " ".join(quote(value) for value in values)
