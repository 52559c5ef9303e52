"""What is known of a proxy that is itself reached by TLS: whether clients will take its listener's certificate."""

from __future__ import annotations

from aibridge_construct.pem import is_hosts_authority
from aibridge_construct.shell.render import Expression
from aibridge_construct.validation import hcl_string

__all__ = ["AUTHORITY_AS_LISTENER", "authority_as_listener"]

#: Said of certificates to trust, where the proxy is reached by TLS. Measured: docs/clients.md.
AUTHORITY_AS_LISTENER = (
    "extra_ca_certificates (extra_ca_pem) holds a certificate that names hosts and says CA:TRUE: if it is the one that "
    "the proxy's listener shows, Codex, Copilot CLI, uv and Deno refuse it. Make it with basicConstraints=CA:FALSE "
    "(openssl req -x509 … -addext basicConstraints=CA:FALSE)."
)


def authority_as_listener(proxy_url: str | Expression, certificates: str | Expression) -> str | Expression:
    """What to say of a listener's certificate: now, if it is a text, else by the script.

    Args:
        proxy_url: URL of the proxy.
        certificates: what is to be trusted beside the proxy's CA.

    Returns:
        The words or an empty string where Python knows both; else what yields them in Terraform: a script that finds
        such a certificate then says them.
    """
    if isinstance(proxy_url, str) and not proxy_url.lower().startswith("https:"):
        return ""
    if isinstance(certificates, str) and not is_hosts_authority(certificates):
        return ""
    if isinstance(proxy_url, Expression):
        return Expression(f'can(regex("(?i)^https:", {proxy_url.text})) ? {hcl_string(AUTHORITY_AS_LISTENER)} : ""')
    if isinstance(certificates, Expression):
        return Expression(hcl_string(AUTHORITY_AS_LISTENER))
    return AUTHORITY_AS_LISTENER
