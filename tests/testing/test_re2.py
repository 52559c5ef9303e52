"""Regular expressions of a provider: the answers are those of Go's package regexp."""

from __future__ import annotations

import pytest

from aibridge_construct.testing.providers.re2 import Re2Error, compiled

REFUSED = {
    r"a(?=b)": "invalid or unsupported Perl syntax: `(?=`",
    r"a(?!b)": "invalid or unsupported Perl syntax: `(?!`",
    r"(?<=a)b": "invalid named capture: `(?<=a)b`",
    r"(?<!a)b": "invalid named capture: `(?<!a)b`",
    r"(a)\1": r"invalid escape sequence: `\1`",
    r"(?P<n>a)(?P=n)": "invalid or unsupported Perl syntax: `(?P`",
    r"(?>a)": "invalid or unsupported Perl syntax: `(?>`",
    r"(a)?(?(1)b|c)": "invalid or unsupported Perl syntax: `(?(`",
    r"a*+": "invalid nested repetition operator: `*+`",
    r"a?+": "invalid nested repetition operator: `?+`",
    r"a{2}+": "invalid nested repetition operator: `{2}+`",
    r"x{2}{3}": "invalid nested repetition operator: `{2}{3}`",
    r"a{1001}": "invalid repeat count: `{1001}`",
    r"a{2,1}": "invalid repeat count: `{2,1}`",
    r"a\Z": r"invalid escape sequence: `\Z`",
    r"(?x)a": "invalid or unsupported Perl syntax: `(?x`",
    r"(?#c)a": "invalid or unsupported Perl syntax: `(?#`",
    r"\u0041": r"invalid escape sequence: `\u`",
    r"\8": r"invalid escape sequence: `\8`",
    r"[[:foo:]]": "invalid character class range: `[:foo:]`",
    "[a": "missing closing ]: `[a`",
    "\\": "trailing backslash at end of expression: ``",
}

TAKEN = [
    # expression, a text that it matches, one that it does not
    (r"a\z", "a", "a\n"),
    (r"^a$", "a", "a\n"),
    (r"(?m)^a$", "b\na\n", "ab"),
    (r"a(?i)b|c", "C", "Ab"),
    (r"x(a(?i)b)c", "xaBc", "xaBC"),
    (r"^[[:alpha:]_]+$", "ab_", "a1"),
    (r"^\pL+$", "aé", "a1"),
    (r"^\Qa.b\E$", "a.b", "axb"),
    (r"^(?<n>a)(?U)b+$", "abb", "bb"),
    (r"a{,2}", "a{,2}", "aa"),
    (r"^[]a]$", "]", "b"),
    (r"^\d\w$", "1a", "٣é"),
    (r"^\x{41}\077\0$", "A?\0", "B"),
    (r"^[a&&b[]$", "&", "x"),
]


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_go_refuses_is_refused_in_its_words(pattern: str) -> None:
    with pytest.raises(Re2Error) as refused:
        compiled(pattern)
    assert str(refused.value) == REFUSED[pattern]


@pytest.mark.parametrize(("pattern", "matching", "other"), TAKEN)
def test_what_go_takes_matches_what_it_matches_there(pattern: str, matching: str, other: str) -> None:
    assert compiled(pattern).search(matching)
    assert not compiled(pattern).search(other)
