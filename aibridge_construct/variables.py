"""The Terraform variables of a proxy, with their validations, and its outputs: those of the drop-in module."""

from __future__ import annotations

from typing import TypedDict

from aibridge_construct._engine import Construct, IConstruct, TerraformOutput
from aibridge_construct.inputs import declare_variable
from aibridge_construct.rules import CERT_PATH, EXTRA_CA_PEM, PROXY_URL, REFRESH, SETUP_TIMEOUT

__all__ = [
    "DEFAULT_CERT_PATH",
    "DEFAULT_SETUP_TIMEOUT",
    "ProxyInputs",
    "declare_proxy_outputs",
    "declare_proxy_variables",
]

#: Where the certificate goes unless set; the same as the registry's module.
DEFAULT_CERT_PATH = "/tmp/aibridge-proxy/ca-cert.pem"

#: How long the download may take over all its tries, in seconds.
DEFAULT_SETUP_TIMEOUT = 60


class ProxyInputs(TypedDict):
    """Arguments of a proxy, each a reference to its variable."""

    proxy_url: str
    cert_path: str
    setup_timeout: str
    extra_ca_certificates: str
    refresh: str


def declare_proxy_variables(scope: IConstruct) -> ProxyInputs:
    """Declare the variables in the stack of ``scope``: ``proxy_url`` (required), ``cert_path``, ``setup_timeout``
    (number), ``extra_ca_pem`` and ``refresh``.

    Raises:
        ConflictError: the stack has such variables already: there is one set of them in a stack.
    """
    return ProxyInputs(
        proxy_url=declare_variable(
            scope, PROXY_URL, description=f"URL of the AI Bridge Proxy, for example {PROXY_URL.example}."
        ),
        cert_path=declare_variable(
            scope,
            CERT_PATH,
            description="Absolute path of the file that the proxy's CA certificate is written to.",
            default=DEFAULT_CERT_PATH,
        ),
        setup_timeout=declare_variable(
            scope,
            SETUP_TIMEOUT,
            type="number",
            description="Seconds that the download of the certificate may take over all its tries, 1 to 3600.",
            default=DEFAULT_SETUP_TIMEOUT,
        ),
        extra_ca_certificates=declare_variable(
            scope,
            EXTRA_CA_PEM,
            description="PEM certificates to trust beside the proxy's CA, as a self-signed TLS listener needs.",
            default="",
        ),
        refresh=declare_variable(
            scope,
            REFRESH,
            description="When to fetch the certificate again while the workspace lives: six fields, seconds first, "
            f"for example {REFRESH.example}. Empty: at every start only.",
            default="",
        ),
    )


def declare_proxy_outputs(scope: Construct, *, auth_url: str, cert_path: str) -> None:
    """Declare the outputs of the registry's module.

    Args:
        scope: the construct; the outputs are of its stack.
        auth_url: the proxy's URL with credentials.
        cert_path: path of the certificate.
    """
    proxy_auth_url = TerraformOutput(
        scope,
        "output_proxy_auth_url",
        value=auth_url,
        sensitive=True,
        description="URL of the AI Bridge Proxy with the session token of the workspace owner in it.",
    )
    proxy_auth_url.override_logical_id("proxy_auth_url")
    certificate = TerraformOutput(
        scope,
        "output_cert_path",
        value=cert_path,
        description="Absolute path of the proxy's CA certificate in the workspace.",
    )
    certificate.override_logical_id("cert_path")
