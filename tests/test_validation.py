"""The rules accept what works and refuse what does not, with words that help."""

from __future__ import annotations

import pytest

from aibridge_construct.errors import InvalidValueError
from aibridge_construct.rules import CERT_PATH, PROXY_URL
from aibridge_construct.validation import hcl_string, is_expression, literal_text, masked, reference, template_text
from tests.values import ACCEPTED, REFUSED, RULES


@pytest.mark.parametrize(("field", "value"), ACCEPTED)
def test_a_rule_accepts_what_works(field: str, value: str) -> None:
    assert RULES[field].require(template_text(value)) == template_text(value)


@pytest.mark.parametrize(("field", "value", "words"), REFUSED)
def test_a_rule_refuses_what_cannot_work_and_says_what_is_allowed(field: str, value: str, words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        RULES[field].require(template_text(value))
    message = str(caught.value)
    assert message.startswith(f"{field} must ")
    assert words in message
    assert RULES[field].example in message
    assert caught.value.field == field


def test_a_refusal_shows_what_was_given() -> None:
    with pytest.raises(InvalidValueError, match=r"Got 'aiproxy\.example\.com'\."):
        PROXY_URL.require("aiproxy.example.com")


@pytest.mark.parametrize(
    "value", ["https://me:s3cr3t@proxy.example.com", "me:s3cr3t@proxy.example.com", "x?token=s3cr3t"]
)
def test_a_refusal_never_shows_a_password(value: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        PROXY_URL.require(value)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("value", [None, 8888, object(), b"/tmp/ca.pem"])
def test_what_is_no_string_is_refused_with_its_type(value: object) -> None:
    with pytest.raises(InvalidValueError, match=rf"cert_path must be a string.*\({type(value).__name__}\)"):
        CERT_PATH.require(value)


@pytest.mark.parametrize(
    "value", ["${var.proxy_url}", "https://${var.host}:8888", "%{ if true }x%{ endif }", "a${var.b}"]
)
def test_a_value_that_terraform_computes_is_left_to_terraform(value: str) -> None:
    assert is_expression(value)
    assert CERT_PATH.require(value) == value


@pytest.mark.parametrize("text", ["$", "${", "%{x}", "a$b%c", "100%", "$(rm -rf)", "$${"])
def test_escaping_and_reading_a_literal_are_inverse(text: str) -> None:
    assert not is_expression(template_text(text)) or "$${" in text
    assert literal_text(template_text(text)) == text or "$${" in text


def test_a_plain_reference_is_recognized() -> None:
    assert reference("${var.proxy_url}") == "var.proxy_url"
    assert reference("${data.coder_parameter.proxy[0].value}") == "data.coder_parameter.proxy[0].value"


@pytest.mark.parametrize("value", ["${TfToken[TOKEN.3]}", "x${var.a}", "${var.a}${var.b}", "${upper(var.a)}", "var.a"])
def test_anything_else_is_no_plain_reference(value: str) -> None:
    assert reference(value) is None


def test_a_long_value_is_cut_in_messages() -> None:
    assert len(masked("x" * 10_000)) < 300


def test_terraform_strings_escape_what_terraform_would_read() -> None:
    assert hcl_string('a"b\\c${d}%{e}\n') == r'"a\"b\\c$${d}%%{e}\n"'


@pytest.mark.parametrize(
    "value", ["-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n", b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n"]
)
def test_a_refusal_never_shows_a_private_key(value: object) -> None:
    assert "c2VjcmV0" not in masked(value)
    assert "c2VjcmV0" not in masked([value, 5])


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ("${HOME}/ca.pem", "write $${HOME}"),
        ("/a/${HOME:-x}", "write $${HOME:-x}"),
        ("/a/${x,,}", "write $${x,,}"),
        ("/a/${x[0]}", "write $${x[0]}"),
        ("/a/${1}", "write $${1}"),
        ("/a/%{http_code}", "write %%{http_code}"),
    ],
)
def test_what_a_shell_reads_and_terraform_cannot_is_refused_with_the_cure(value: str, cure: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CERT_PATH.require(value)
    assert cure in str(caught.value)


@pytest.mark.parametrize(
    "value", ["${true ? 1 : 2}", "${upper(var.a)}", "${provider::coder::f()}", "${TfToken[TOKEN.1]}"]
)
def test_what_terraform_can_read_is_left_to_it(value: str) -> None:
    assert CERT_PATH.require(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "${2 * data.coder_parameter.cpu.value}",
        "${!var.quiet}",
        "${-var.n}",
        "%{ for x in var.list }${x}%{ endfor }",
        "%{ for k, v in var.m ~}\n${k}=${v}\n%{ endfor ~}",
        "%{ if var.x }/a%{ else }/b%{ endif }",
        "${[for s in var.l : s]}",
        "${{ a = 1 }.a}",
        '${"${var.a}"}',
        '${upper("$${HOME} %%{x}")}',
        "${<<EOT\n$HOME ${var.a}\nEOT\n}",
        "${var.a /* ${HOME} */}",
        "${null}",
        "${path.module}",
        "${terraform.workspace}",
        "${each.value}",
        "${count.index}",
        "${self.id}",
        "${jsonencode(self)}",
        "${upper(${TfToken[TOKEN.7]})}",
        "$${HOME}/${var.a}",
        "${1 + 1}",
    ],
)
def test_an_expression_of_any_form_is_left_to_terraform(value: str) -> None:
    assert is_expression(value)
    assert CERT_PATH.require(value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a${x:-y}b", "${x:-y}"),
        ("${x%.*}", "${x%.*}"),
        ("${x##*/}", "${x##*/}"),
        ("${#x}", "${#x}"),
        ("${x//a/b}", "${x//a/b}"),
        ("${x/a/b}", "${x/a/b}"),
        ("${arr[@]}", "${arr[@]}"),
        ("${arr[*]}", "${arr[*]}"),
        ("${!ref}", "${!ref}"),
        ("${10}", "${10}"),
        ("${?}", "${?}"),
        ("${self}", "${self}"),
        ("${var}", "${var}"),
        ("${x^^}", "${x^^}"),
        ("${x:-${var.a}}", "${x:-${var.a}"),
        ("${var.a}${HOME}${var.b}", "${HOME}"),
        ('${"${HOME}"}', '${"${HOME}"}'),
        ("${HOME", "${HOME"),
        ("$$${var.a} ${var.a:-x}", "${var.a:-x}"),
        ("%{http_code}", "%{http_code}"),
        ("%{ if var.x }${y:-z}%{ endif }", "${y:-z}"),
        ("a%{ if var.x }b", "%{ if var.x }"),
        ("a%{ endfor }b", "%{ endfor }"),
        ("%{ for x in var.l }${x}%{ endfor }${x}", "${x}"),
    ],
)
def test_what_terraform_can_only_refuse_is_shown_with_the_cure(value: str, shown: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CERT_PATH.require(value)
    assert f"cert_path holds {shown}, which Terraform would read before" in str(caught.value)
    assert f"write {shown[0]}{shown} for {shown[:2]} itself" in str(caught.value)


@pytest.mark.parametrize("value", ["${HOME}", '${local.x["a"]}', "${var.l[var.n]}", "${var.l[*].id}", "${x:-y}", "%{"])
def test_what_has_more_than_names_and_numbers_or_no_meaning_is_no_plain_reference(value: str) -> None:
    assert reference(value) is None


@pytest.mark.parametrize("text", ["@daily", "@", "@org/package"])
def test_what_has_no_user_is_not_masked_as_one(text: str) -> None:
    assert masked(text) == repr(text)
