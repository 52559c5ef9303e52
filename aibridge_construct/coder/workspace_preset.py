"""``data.coder_workspace_preset``: values for the parameters under one name, and workspaces that are built ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder._preset_rules import check_preset
from aibridge_construct.coder.blocks import Block, BlockFields
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Argument, Flag, Nested, Text, TextMap

__all__ = [
    "DataCoderWorkspacePreset",
    "PresetExpirationPolicy",
    "PresetPrebuilds",
    "PresetSchedule",
    "PresetScheduling",
]


@dataclass(frozen=True, kw_only=True)
class PresetSchedule(Block):
    """How many workspaces to keep ready during some hours, block ``schedule``.

    Args:
        cron: the hours, five fields: ``*`` for the minute, then hour, day of the month, month, day of the week (0 to 6,
            Sunday first); numbers, ranges and lists of them, or ``*``. For example ``* 8-18 * * 1-5``.
        instances: how many, a whole number.
    """

    cron: str
    """The hours, five fields: ``*`` for the minute, then hour, day of the month, month, day of the week (0 to 6, Sunday
    first); numbers, ranges and lists of them, or ``*``.
    """
    instances: float
    """How many, a whole number."""


@dataclass(frozen=True, kw_only=True)
class PresetScheduling(Block):
    """How many workspaces to keep ready at which time, block ``scheduling``; ``instances`` holds for the rest.

    Args:
        timezone: name of the time zone in the IANA database, for example ``Europe/Berlin``.
        schedule: the times, at least one; no two may overlap.
    """

    timezone: str
    """Name of the time zone in the IANA database, for example ``Europe/Berlin``."""
    schedule: Sequence[PresetSchedule | BlockFields] | IResolvable
    """The times, at least one; no two may overlap."""


@dataclass(frozen=True, kw_only=True)
class PresetExpirationPolicy(Block):
    """When a workspace that was built ahead is too old to be handed out, block ``expiration_policy``.

    Args:
        ttl: seconds, a whole number: 3600 (an hour) to 31536000 (a year), or 0 for never.
    """

    ttl: float
    """Seconds, a whole number: 3600 (an hour) to 31536000 (a year), or 0 for never."""


@dataclass(frozen=True, kw_only=True)
class PresetPrebuilds(Block):
    """Workspaces that are built ahead, block ``prebuilds``. Needs a premium licence.

    Args:
        instances: how many to keep ready, a whole number, at least 0.
        expiration_policy: when one is too old. Default: never.
        scheduling: how many at which time. Default: always ``instances``.
    """

    instances: float
    """How many to keep ready, a whole number, at least 0."""
    expiration_policy: PresetExpirationPolicy | BlockFields | IResolvable | None = None
    """When one is too old."""
    scheduling: PresetScheduling | BlockFields | IResolvable | None = None
    """How many at which time."""


class DataCoderWorkspacePreset(DataSource):
    """Values for the parameters of a template that users choose by one name; workspaces may be built ahead for it.

    Facts: schema and refusals of the coder provider 2.17, data source ``coder_workspace_preset``.

    Example::

        DataCoderWorkspacePreset(
            self, "large", name="Large", default=True, parameters={cpu.name: "8"},
            prebuilds=PresetPrebuilds(
                instances=0,
                expiration_policy=PresetExpirationPolicy(ttl=86400),
                scheduling=PresetScheduling(
                    timezone="Europe/Berlin", schedule=[PresetSchedule(cron="* 8-18 * * 1-5", instances=3)]
                ),
            ),
        )
    """

    TYPE: str = "coder_workspace_preset"

    name: Text = Argument(str)
    """What the user sees, not empty, once per template."""
    description: Text = Argument(str)
    """Explains it, at most 128 bytes."""
    icon: Text = Argument(str)
    """URL or path of an icon, at most 256 bytes."""
    default: Flag = Argument(bool)
    """Chosen unless the user chooses another; one per template at most."""
    parameters: TextMap = Argument(dict[str, str])
    """Name of a parameter to its value as text; names that the template does not have are allowed."""
    prebuilds: Nested[PresetPrebuilds] = Argument(PresetPrebuilds)
    """Workspaces to build ahead."""

    @explain_missing(name='"Large"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        description: str | None = None,
        icon: str | None = None,
        default: bool | IResolvable | None = None,
        parameters: Mapping[str, str] | None = None,
        prebuilds: PresetPrebuilds | BlockFields | IResolvable | None = None,
        **meta: Unpack[MetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            name: what the user sees, not empty, once per template.
            description: explains it, at most 128 bytes. Default: none.
            icon: URL or path of an icon, at most 256 bytes. Default: none.
            default: chosen unless the user chooses another; one per template at most. Default: false.
            parameters: name of a parameter to its value as text; names that the template does not have are allowed.
                Default: none.
            prebuilds: workspaces to build ahead. Default: none.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse, or schedules that overlap.
            MissingArgumentError: ``name`` was left out.
        """
        attributes = {
            "name": name,
            "description": description,
            "icon": icon,
            "default": default,
            "parameters": parameters,
            "prebuilds": prebuilds,
        }
        super().__init__(scope, id, attributes, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check_preset(check, given)
