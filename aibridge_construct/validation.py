"""What a rule is, said once: its Python check for literals and its Terraform twin for values known only at apply.

A rule is a list of checks, each one regular expression in the common subset of Python's ``re`` (ASCII) and Go's RE2,
which Terraform's ``regex`` function uses. Two spellings they do not share, and rules write RE2's: the end of the text,
``\\z``, which Python before 3.14 knows as ``\\Z``, and the byte order mark, ``\\x{FEFF}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from aibridge_construct.errors import InvalidValueError
from aibridge_construct.hcl import InvalidTemplateError, escaped_path, parts, references
from aibridge_construct.known import is_expression, is_known, is_number_token, lost_token

__all__ = [
    "Check",
    "Rule",
    "escaped_path_message",
    "hcl_string",
    "is_expression",
    "is_known",
    "is_number_token",
    "literal_text",
    "masked",
    "object_cure",
    "object_text",
    "reference",
    "refuse_shell_forms",
    "template_text",
]

# What an f-string makes of an object that has no text of its own.
_OBJECT = re.compile(r"<(?:[\w ]+ )?(?P<name>[\w.<>]+)(?: of <[^>]*)? (?:object )?at 0x[0-9A-Fa-f]+>+")


def literal_text(template: str) -> str:
    """The characters that the literal ``template`` stands for: ``$${`` becomes ``${`` and ``%%{`` becomes ``%{``."""
    return template.replace("$${", "${").replace("%%{", "%{")


def template_text(text: str) -> str:
    """``text`` as a Terraform template that stands for these very characters: undoes :func:`literal_text`."""
    return text.replace("${", "$${").replace("%{", "%%{")


def reference(value: str) -> str | None:
    """The expression inside ``value`` if it is one plain reference such as ``${var.proxy_url}``, else ``None``.

    Plain is what has names and numbers only. Engine tokens are none: their text is not known yet.
    """
    if not value.startswith("${"):
        return None
    try:
        found, pieces = references(value), parts(value)
    except InvalidTemplateError:
        return None
    if len(found) != 1 or [piece.inner for piece in pieces] != [found[0].text] or '"' in found[0].text:
        return None
    return found[0].text if found[0].is_complete and not found[0].is_engine_token else None


def hcl_string(text: str) -> str:
    """``text`` as a quoted string of Terraform's expression language."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{template_text(escaped)}"'


def object_text(text: str) -> str | None:
    """What is wrong with ``text`` if an object's ``repr`` stands in it, as an f-string puts it there, else ``None``."""
    found = _OBJECT.search(text) if " at 0x" in text else None
    if found is None:
        return None
    name = found["name"].rsplit(".", maxsplit=1)[-1]
    cures = {"TerraformVariable": "variable.string_value", "TerraformLocal": "local.as_string"}
    cure = cures.get(name, f"{_variable_name(name)}.id or another attribute of it that is text")
    if "Proxy" in name or name.endswith("IResolvable"):
        cure = "Token.as_string(…)"
    return f"holds {found[0]}, which is no text: an object was put into a string. Put {cure} there instead."


def object_cure(value: object, kind: str = "string") -> str:
    """What to write instead of the object ``value``, where a ``kind`` (``string``, ``number`` …) belongs."""
    if isinstance(value, str | int | float | list | tuple | dict | bytes) or value is None:
        return ""
    for name in (f"{kind}_value", f"as_{kind}", "value", "id"):
        if hasattr(type(value), name):
            return f" Write {_variable_name(type(value).__name__)}.{name}."
    return " Write str(…) of it." if hasattr(type(value), "__fspath__") else " Write one of its attributes."


def _variable_name(class_name: str) -> str:
    """What people call an object of the class: ``variable`` for a ``TerraformVariable``."""
    name = re.sub(r"^_?(?:Terraform|DataCoder|Coder)(?=.)", "", class_name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def masked(value: object) -> str:
    """``repr`` of ``value`` for a message: short, without what stands before ``@`` or after ``?`` or ``#``."""
    if not isinstance(value, str | list | tuple) and not is_known(value):
        return "what only Terraform knows"
    if not isinstance(value, str | bytes | list | tuple):
        return f"{value!r} ({type(value).__name__})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(masked, value))}] ({type(value).__name__})"
    if isinstance(value, bytes):
        return f"{masked(value.decode(errors='replace'))} (bytes)"
    if "PRIVATE KEY" in value:
        return "a private key, which is not shown"
    text = re.sub(r"(?s)^(\w+://)?.+@", r"\1***@", value)
    text = re.sub(r"(?s)([?#]).+$", r"\1***", text)
    return repr(text if len(text) <= 200 else f"{text[:200]}…")


class Check(NamedTuple):
    """One condition on a text.

    Args:
        message: what must hold, as the rest of a sentence that begins with the field's name, "must …". ``{value}`` in
            it stands for the text.
        pattern: regular expression, searched in the text.
        matches: whether the text must match (the default) or must not.
        at_most: the greatest number of characters. Default: any.
        when: the check applies to texts that match this pattern only, so that one mistake draws one message.
    """

    message: str
    pattern: str
    matches: bool = True
    when: str | None = None
    at_most: int | None = None

    def holds(self, text: str) -> bool:
        """Whether the literal ``text`` passes."""
        if self.when is not None and not _found(self.when, text):
            return True
        if self.at_most is not None and len(text) > self.at_most:
            return False
        return _found(self.pattern, text) is self.matches

    def condition(self, expression: str) -> str:
        """The same check as a Terraform condition (without ``${}``) on ``expression``, which yields a string."""
        condition = _can_match(self.pattern, expression)
        if not self.matches:
            condition = f"!{condition}"
        if self.at_most is not None:
            condition = f"length({expression}) <= {self.at_most} && {condition}"
        if self.when is not None:
            condition = f"!{_can_match(self.when, expression)} || {condition}"
        return condition


class Rule(NamedTuple):
    """What a field accepts.

    Args:
        field: name of the argument and of the Terraform variable.
        checks: the conditions, in the order in which a person would mend them.
        example: a value that passes, or how to get one; ends every message.
    """

    field: str
    checks: tuple[Check, ...]
    example: str

    def message(self, check: Check, value: str = "") -> str:
        """The words of a refusal, the same in Python and in Terraform: the field, what must hold, an example.

        Args:
            check: what does not hold.
            value: the text, or the Terraform template that yields it.
        """
        return f"{self.field} {check.message.replace('{value}', value)}, for example {self.example}."

    @property
    def null_message(self) -> str:
        """The words of a refusal of what is null where something is needed."""
        return f"{self.field} must not be null, for example {self.example}."

    def require(self, value: object) -> str:
        """Check ``value`` as far as it is known now and return it.

        Raises:
            InvalidValueError: ``value`` is no string, or a literal that breaks a check.
        """
        if not isinstance(value, str):
            what = "must be a string" if len(self.checks) > 1 else self.checks[0].message
            if not is_known(value):
                what = "must be a string; write Token.as_string(…) of what only Terraform knows"
            raise InvalidValueError(
                self.field,
                f"{self.field} {what}, for example {self.example}. Got {masked(value)}.{object_cure(value)}",
            )
        if wrong := object_text(value):
            raise InvalidValueError(self.field, f"{self.field} {wrong}")
        refuse_shell_forms(self.field, value)
        if lost := lost_token(value):
            raise InvalidValueError(self.field, f"{self.field} holds {lost}.")
        if is_known(value):
            text = literal_text(value)
            for check in self.checks:
                if not check.holds(text):
                    raise InvalidValueError(self.field, f"{self.message(check, text)} Got {masked(text)}.")
        return value

    def conditions(self, expression: str) -> Iterator[tuple[str, str]]:
        """Terraform's twins of the checks: pairs of a condition (``${…}``) on ``expression`` and its error message."""
        for check in self.checks:
            yield f"${{{check.condition(expression)}}}", self.message(check, f"${{{expression}}}")


def refuse_shell_forms(field: str, template: str, what: str = "") -> None:
    """Refuse a text with ``${…}`` or ``%{…}`` that only a shell or curl could read.

    Args:
        field: the argument, which the message names.
        template: a Terraform template, as users pass strings.
        what: names the element whose argument it is, for example ``coder_script 'x'``. Default: the message names none.

    Raises:
        InvalidValueError: Terraform would read it first, and could only refuse it.
    """
    if foreign := _not_terraform(template):
        named = f"{field} of {what}" if what else field
        raise InvalidValueError(
            field,
            f"{named} holds {foreign}, which Terraform would read before the workspace does: write "
            f"{foreign[0]}{foreign} for {foreign[:2]} itself.",
        )
    if escape := escaped_path(template):
        named = f"{field} of {what}" if what else field
        raise InvalidValueError(field, f"{named} {escaped_path_message(escape)}")


def escaped_path_message(escape: str) -> str:
    """What is wrong with ``$${path.module}`` in the path of ``file(…)``, as the rest of a sentence, and its cure."""
    return (
        f"reads a file at a path with {escape} in it, which stands for these very characters: Fn.file(…) and the like "
        "escape what they are given. Write the expression as a text, for example "
        f'\'${{templatefile("{escape[1:]}/a.sh", {{n = "x"}})}}\'.'
    )


def _not_terraform(template: str) -> str | None:
    """The first ``${…}`` or ``%{…}`` that a shell or curl reads, and that Terraform, which reads it first, can only
    refuse: ``${HOME}``, ``${1}``, ``${x:-y}``, ``%{http_code}``.
    """
    if "{" not in template:
        return None
    try:
        found, pieces = references(template), parts(template)
    except InvalidTemplateError as error:
        text, closing, _ = template[error.start :].partition("}")
        return text[:40] + closing
    names = [reference.start for reference in found if not reference.is_complete]
    for piece in pieces:
        if piece.kind != "literal" and (
            piece.inner.isdecimal() or piece.inner == "self" or any(piece.start < name < piece.end for name in names)
        ):
            return piece.text if len(piece.text) <= 42 else f"{piece.text[:40]}…}}"
    return None


def _found(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\z", r"\Z").replace(r"\x{FEFF}", "\ufeff"), re.ASCII)


def _can_match(pattern: str, expression: str) -> str:
    return f"can(regex({hcl_string(pattern)}, {expression}))"
