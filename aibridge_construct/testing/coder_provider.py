"""A stand-in for the Terraform provider coder/coder, version 2.17: the same schema, environment variables and refusals.

It holds what templates of this package use: the resources coder_agent, coder_app, coder_env, coder_metadata and
coder_script, the data sources coder_parameter, coder_provisioner, coder_workspace and coder_workspace_owner.

Where it knowingly differs from the real one: arguments left out of nested blocks stay null (the real one may store an
empty string or zero), warnings about hidden apps are not given, and the texts are our own.

Source of the facts: the provider's documentation and source.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from aibridge_construct.testing._coder_agent import AGENT
from aibridge_construct.testing._coder_parameter import PARAMETER
from aibridge_construct.testing._coder_script import SCRIPT
from aibridge_construct.testing._coder_workspace import PROVISIONER, WORKSPACE, WORKSPACE_OWNER
from aibridge_construct.testing.checks import at_most_long, matches, one_of, refuse_duplicates, refuse_together
from aibridge_construct.testing.plugin import (
    BOOL,
    NUMBER,
    Build,
    Provider,
    Refusal,
    Resource,
    Values,
    block,
    computed,
    optional,
    required,
)

__all__ = ["CODER"]

ENV = Resource(
    "coder_env",
    [
        required("agent_id"),
        required("name", check=matches(r"\A[a-zA-Z_][a-zA-Z0-9_]*\Z", "must be a valid environment variable name")),
        optional("value"),
        optional("merge_strategy", default="replace", check=one_of("replace", "append", "prepend", "error")),
    ],
    force_new=True,
)


def _validate_app(values: Values) -> None:
    refuse_together(values, "command", "url", "subdomain")
    refuse_together(values, "external", "healthcheck", "command", "subdomain", "share")
    refuse_together(values, "healthcheck", "command")


APP = Resource(
    "coder_app",
    [
        required("agent_id"),
        required(
            "slug",
            check=matches(
                r"\A[a-z0-9](-?[a-z0-9])*\Z", "must be lower-case letters, digits and single hyphens, as in a host name"
            ),
        ),
        optional("command"),
        optional("display_name", check=at_most_long(64)),
        optional("icon"),
        optional("url"),
        optional("external", BOOL, default=False),
        optional("share", default="owner", check=one_of("owner", "authenticated", "public")),
        optional("subdomain", BOOL),
        optional("order", NUMBER),
        optional("group", check=at_most_long(64)),
        optional("hidden", BOOL, default=False),
        optional("open_in", default="slim-window", check=one_of("tab", "slim-window")),
        optional("tooltip", check=at_most_long(2048)),
    ],
    [
        block(
            "healthcheck",
            [required("url"), required("interval", NUMBER), required("threshold", NUMBER)],
            nesting="set",
            max_items=1,
        )
    ],
    force_new=True,
    validate=_validate_app,
)


def _create_metadata(values: Values, build: Build) -> Values:
    return {"item": [{**item, "is_null": item["value"] is None} for item in values["item"]]}


_ITEM = block(
    "item", [required("key"), optional("value"), optional("sensitive", BOOL, default=False), computed("is_null", BOOL)]
)

METADATA = Resource(
    "coder_metadata",
    [required("resource_id"), optional("hide", BOOL), optional("icon"), optional("daily_cost", NUMBER)],
    [_ITEM],
    force_new=True,
    plan=lambda values: refuse_duplicates(values["item"], "key", "resource metadata key"),
    create=_create_metadata,
)


def _configure(config: Values, environ: Mapping[str, str]) -> Values:
    url = config["url"]
    if url is None:
        url = environ.get("CODER_AGENT_URL", "https://mydeployment.coder.com")
    if not url:
        raise Refusal("CODER_AGENT_URL must not be empty", attribute="url")
    try:
        urlsplit(url).port  # noqa: B018  # parsing is what may fail
    except ValueError as error:
        raise Refusal(f"url is not a URL: {error}", attribute="url") from error
    return {"url": url}


CODER = Provider(
    "coder/coder",
    version="2.17.0",
    file=__file__,
    config=[optional("url")],
    configure=_configure,
    resources=[AGENT, APP, ENV, METADATA, SCRIPT],
    data_sources=[PARAMETER, PROVISIONER, WORKSPACE, WORKSPACE_OWNER],
)

if __name__ == "__main__":
    CODER.serve()
