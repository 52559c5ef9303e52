"""``coder_app``: a button in the dashboard that opens something in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack, get_args

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.blocks import Block, BlockFields
from aibridge_construct.coder.checks import Refusals, known_block
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Choice, Flag, Nested, Number, Text
from aibridge_construct.rules import AGENT_ID
from aibridge_construct.shell.render import shell_text
from aibridge_construct.words import AppOpenIn, AppShare

__all__ = ["AppHealthcheck", "CoderApp"]


@dataclass(frozen=True, kw_only=True)
class AppHealthcheck(Block):
    """How the agent finds out that the app is up, block ``healthcheck``.

    Args:
        url: address in the workspace that answers with a status under 500.
        interval: seconds between two checks, a whole number.
        threshold: failures in a row that make the app unhealthy, a whole number.
    """

    url: str
    """Address in the workspace that answers with a status under 500."""
    interval: float
    """Seconds between two checks, a whole number."""
    threshold: float
    """Failures in a row that make the app unhealthy, a whole number."""


class CoderApp(Resource):
    """A button in the dashboard: a web app in the workspace, a link, or a command in a terminal.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_app``. Every change replaces the resource.
    """

    TYPE: str = "coder_app"

    agent_id: Text = Argument(str, rule=AGENT_ID)
    """The ``id`` of the ``coder_agent``."""
    slug: Text = Argument(str)
    """Its name in URLs: lower-case letters and digits, single hyphens between them."""
    url: Text = Argument(str)
    """Address in the workspace, ``http://localhost:PORT/…``, or any with ``external=True``."""
    command: Text = Argument(str, convert=partial(shell_text, "command"))
    """Runs in a terminal."""
    display_name: Text = Argument(str)
    """Text of the button, at most 64 bytes."""
    icon: Text = Argument(str)
    """URL or path of an icon."""
    external: Flag = Argument(bool)
    """Open ``url`` on the user's machine."""
    subdomain: Flag = Argument(bool)
    """Serve it on a host name of its own, which needs a wildcard access URL."""
    share: Choice[AppShare] = Choice(get_args(AppShare))
    """Who may open it: ``owner`` (the default), ``authenticated`` or ``public``."""
    healthcheck: Nested[AppHealthcheck] = Argument(AppHealthcheck)
    """How to tell that it is up."""
    order: Number = Argument(float)
    """Place in the dashboard, lowest first."""
    group: Text = Argument(str)
    """Name of the group of buttons that it belongs to, at most 64 bytes."""
    hidden: Flag = Argument(bool)
    """No button."""
    open_in: Choice[AppOpenIn] = Choice(get_args(AppOpenIn))
    """``slim-window`` (the default) or ``tab``."""
    tooltip: Text = Argument(str)
    """Markdown that appears over the button, at most 2048 bytes."""

    @explain_missing(agent_id="agent.id", slug='"code-server"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        slug: str,
        url: str | None = None,
        command: str | None = None,
        display_name: str | None = None,
        icon: str | None = None,
        external: bool | IResolvable | None = None,
        subdomain: bool | IResolvable | None = None,
        share: AppShare | IResolvable | None = None,
        healthcheck: AppHealthcheck | BlockFields | IResolvable | None = None,
        order: float | None = None,
        group: str | None = None,
        hidden: bool | IResolvable | None = None,
        open_in: AppOpenIn | IResolvable | None = None,
        tooltip: str | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the ``coder_agent``.
            slug: its name in URLs: lower-case letters and digits, single hyphens between them.
            url: address in the workspace, ``http://localhost:PORT/…``, or any with ``external=True``. Not with
                ``command``.
            command: runs in a terminal. Not with ``url``, ``subdomain`` or ``healthcheck``.
            display_name: text of the button, at most 64 bytes. Default: the slug.
            icon: URL or path of an icon. Default: none.
            external: open ``url`` on the user's machine. Not with ``command``, ``subdomain``, ``share`` or
                ``healthcheck``, not even as ``False``. Default: false.
            subdomain: serve it on a host name of its own, which needs a wildcard access URL. Default: false.
            share: who may open it: ``owner`` (the default), ``authenticated`` or ``public``.
            healthcheck: how to tell that it is up. Default: always up.
            order: place in the dashboard, lowest first. Default: 0.
            group: name of the group of buttons that it belongs to, at most 64 bytes. Default: none.
            hidden: no button. Default: false.
            open_in: ``slim-window`` (the default) or ``tab``.
            tooltip: Markdown that appears over the button, at most 2048 bytes. Default: none.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse, or arguments that exclude each other.
            MissingArgumentError: ``agent_id`` or ``slug`` was left out.
        """
        attributes = {
            "agent_id": agent_id,
            "slug": slug,
            "url": url,
            "command": command,
            "display_name": display_name,
            "icon": icon,
            "external": external,
            "subdomain": subdomain,
            "share": share,
            "healthcheck": healthcheck,
            "order": order,
            "group": group,
            "hidden": hidden,
            "open_in": open_in,
            "tooltip": tooltip,
        }
        super().__init__(scope, id, attributes, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.matches(
            "slug",
            given["slug"],
            r"[a-z0-9](?:-?[a-z0-9])*",
            "lower-case letters and digits with single hyphens between them, for example code-server",
        )
        check.together(
            "command",
            given["command"],
            "an app is a web page or a command",
            url=given["url"],
            subdomain=given["subdomain"],
            healthcheck=given["healthcheck"],
        )
        check.together(
            "external",
            given["external"],
            "leave one of them out",
            healthcheck=given["healthcheck"],
            command=given["command"],
            subdomain=given["subdomain"],
            share=given["share"],
        )
        check.at_most_bytes("display_name", given["display_name"], 64)
        check.at_most_bytes("group", given["group"], 64)
        check.at_most_bytes("tooltip", given["tooltip"], 2048)
        check.url("icon", given["icon"])
        check.whole_number("order", given["order"])
        healthcheck = known_block(given["healthcheck"])
        if healthcheck is not None:
            check.whole_number("healthcheck.interval", healthcheck.interval, unit="seconds")
            check.whole_number("healthcheck.threshold", healthcheck.threshold)
