"""Values that the rules accept and refuse: the same table for Python and for Terraform."""

from __future__ import annotations

from aibridge_construct.rules import AGENT_ID, CERT_PATH, EXTRA_CA_PEM, PROXY_URL, REFRESH, SETUP_TIMEOUT, SYNC_UNIT
from aibridge_construct.validation import Rule

RULES: dict[str, Rule] = {
    rule.field: rule for rule in (AGENT_ID, CERT_PATH, EXTRA_CA_PEM, PROXY_URL, REFRESH, SETUP_TIMEOUT, SYNC_UNIT)
}

PEM = "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n"

ACCEPTED: list[tuple[str, str]] = [
    ("agent_id", "a5d1c2"),
    *(
        ("proxy_url", url)
        for url in (
            "http://proxy",
            "https://aiproxy.example.com",
            "https://aiproxy.example.com/",
            "https://aiproxy.example.com:8888",
            "https://aiproxy.example.com:8888/",
            "http://127.0.0.1:1",
            "http://10.0.0.255:65535",
            "http://[::1]:8888",
            "http://[2001:db8::8a2e:370:7334]",
            "http://[::ffff:10.0.0.1]:80/",
            "http://ai_proxy:8888",
            "http://3proxy.example",
            "http://3-proxy",
            "http://example.com.:8888",
            "http://AIProxy.Example.COM",
            "http://xn--bcher-kva.example",
        )
    ),
    *(
        ("cert_path", path)
        for path in (
            "/tmp/aibridge-proxy/ca-cert.pem",
            "/ca.pem",
            "/home/ada/.config/ca cert.pem",
            '/tmp/it\'s "quoted"/$(touch x)`id`/\\n.pem',
            "/tmp/${HOME}/%{if}/ca.pem",
            "/tmp/ünïcode/证书.pem",
            "/tmp/-rf/..hidden/a..b/...",
            "//double//slash",
        )
    ),
    ("extra_ca_pem", ""),
    ("extra_ca_pem", PEM),
    ("extra_ca_pem", PEM + PEM),
    ("extra_ca_pem", PEM.replace("\n", "\r\n")),
    ("extra_ca_pem", f"{PEM}trailing"),
    ("extra_ca_pem", f"subject=x\n{PEM}"),
    ("extra_ca_pem", PEM.replace("\n", " \n").rstrip()),
    ("refresh", ""),
    ("refresh", "0 0 */6 * * *"),
    ("refresh", "TZ=Europe/Berlin 0 30 9 * * MON-FRI"),
    ("setup_timeout", "1"),
    ("setup_timeout", "60"),
    ("setup_timeout", "3600"),
    ("sync_unit", "aibridge-proxy-setup"),
    ("sync_unit", "A.b_c-1"),
]

REFUSED: list[tuple[str, str, str]] = [
    ("agent_id", "", "must not be empty"),
    ("agent_id", " \t", "must not be empty"),
    ("agent_id", "coder_agent.main.id", "not its address"),
    *(
        ("proxy_url", url, words)
        for url, words in (
            ("", "must start with http:// or https://"),
            ("aiproxy.example.com", "must start with http:// or https://"),
            ("aiproxy.example.com:8888", "must start with http:// or https://"),
            ("HTTPS://aiproxy.example.com", "lower case"),
            ("ftp://aiproxy.example.com", "must start with http:// or https://"),
            ("socks5://aiproxy.example.com", "must start with http:// or https://"),
            (" https://aiproxy.example.com", "must start with http:// or https://"),
            ("https://ai proxy", "white space"),
            ("https://aiproxy.example.com\n", "white space or control"),
            ("https://aiproxy.example.com\x7f", "control characters"),
            ("https://aiproxy.example.com\x85", "control characters"),
            ("https://me:pw@aiproxy.example.com", "user name or password"),
            ("https://me@aiproxy.example.com/x", "user name or password"),
            ("https://aiproxy.example.com/path", "no path, query or fragment"),
            ("https://aiproxy.example.com//", "no path, query or fragment"),
            ("https://aiproxy.example.com?x=1", "no path, query or fragment"),
            ("https://aiproxy.example.com/?x", "no path, query or fragment"),
            ("https://aiproxy.example.com#x", "no path, query or fragment"),
            ("https://", "must name a host"),
            ("https:///", "must name a host"),
            ("https://:8888", "must name a host"),
            ("https://aiproxy.example.com:", "must name a host"),
            ("https://aiproxy.example.com:0", "port from 1 to 65535"),
            ("https://aiproxy.example.com:65536", "port from 1 to 65535"),
            ("https://aiproxy.example.com:080", "port from 1 to 65535"),
            ("https://aiproxy.example.com:http", "port from 1 to 65535"),
            ("https://256.0.0.1", "must name a host"),
            ("https://10.0.0", "must name a host"),
            ("https://::1", "must name a host"),
            ("https://[::1", "must name a host"),
            ("https://[1::2::3]", "must name a host"),
            ("https://[fe80::1%25eth0]", "must name a host"),
            ("https://-a.example", "must name a host"),
            ("https://a-.example", "must name a host"),
            ("https://a..example", "must name a host"),
            ("https://bücher.example", "must name a host"),
            ('https://a"b', "must name a host"),
            ("https://$(id)", "must name a host"),
        )
    ),
    *(
        ("cert_path", path, words)
        for path, words in (
            ("", "must be an absolute path"),
            ("ca-cert.pem", "must be an absolute path"),
            ("./ca-cert.pem", "must be an absolute path"),
            ("~/ca-cert.pem", "must be an absolute path"),
            ("C:\\ca-cert.pem", "must be an absolute path"),
            ("/", "must name a file"),
            ("/tmp/", "must name a file"),
            ("/tmp/.", "must name a file"),
            ("/tmp/../etc/ca.pem", "'..'"),
            ("/..", "'..'"),
            ("/tmp/..", "'..'"),
            ("/tmp/a\nb", "control characters"),
            ("/tmp/a\x00b", "control characters"),
            ("/tmp/a\x1bb", "control characters"),
            ("/tmp/a\x9bb", "control characters"),
        )
    ),
    *(
        ("extra_ca_pem", text, words)
        for text, words in (
            ("hello", "complete PEM certificates"),
            (PEM[:-10], "complete PEM certificates"),
            (PEM * 1100, "must not be longer than 65536 characters"),
            (PEM.replace("TUlJQg==\n", ""), "complete PEM certificates"),
            (f"{PEM}-----BEGIN X509 CRL-----\n", "complete PEM certificates"),
            (f"subject=x {PEM}", "complete PEM certificates"),
            ("/etc/ssl/x.pem", "not the path of a file"),
            (PEM.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), "TRUSTED CERTIFICATE"),
            ("<!DOCTYPE html>\n", "HTML page"),
            (PEM.replace("\n", "\n  ").replace("-----B", "  -----B"), "must not be indented"),
            (PEM.replace("\n", "\\n"), "line feeds"),
            (PEM.replace("CERTIFICATE", "PRIVATE KEY"), "never a private key"),
            (PEM + PEM.replace("CERTIFICATE", "EC PRIVATE KEY"), "never a private key"),
        )
    ),
    *(
        ("setup_timeout", text, "whole number of seconds from 1 to 3600")
        for text in ("0", "-1", "3601", "1.5", "", "sixty", "60s")
    ),
    ("refresh", "@hourly", "must be written in fields"),
    ("refresh", "0 9 * * 1-5", "must have six fields, seconds first"),
    ("refresh", "0 0 24 * * *", "must have hours as field 3"),
    ("refresh", " ", "must have six fields"),
    *(("sync_unit", text, "letters, digits") for text in ("", "-x", "a b", "a/b", "a'b", "$(id)", "é", "x" * 129)),
]
