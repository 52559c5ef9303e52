"""``data.coder_secret``: a secret that users must have stored before they get a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.checks import ENV_NAME, ENV_NAME_MEANING, Refusals
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Argument, Computed, Text

__all__ = ["DataCoderSecret"]


class DataCoderSecret(DataSource):
    """A secret of the user that the template needs, by the variable or the file that it becomes in the workspace.

    A missing one stops a start build with ``help_message``; at template import and on stop the value is empty.

    Facts: schema and refusals of the coder provider 2.17, data source ``coder_secret``.

    Example::

        DataCoderSecret(self, "npm", env="NPM_TOKEN", help_message="Store your npm token as NPM_TOKEN.")
    """

    TYPE: str = "coder_secret"

    help_message: Text = Argument(str)
    """What users read who do not have it."""
    env: Text = Argument(str)
    """The environment variable that the secret becomes: letters, digits and ``_``, no digit first."""
    file: Text = Argument(str)
    """The file that the secret becomes; begins with ``/`` or ``~/``."""

    value: Computed[str] = Computed(str, sensitive=True)
    """The secret, sensitive."""

    @explain_missing(help_message='"Store your npm token as NPM_TOKEN."')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        help_message: str,
        env: str | None = None,
        file: str | None = None,
        **meta: Unpack[MetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            help_message: what users read who do not have it.
            env: the environment variable that the secret becomes: letters, digits and ``_``, no digit first. Not with
                ``file``.
            file: the file that the secret becomes; begins with ``/`` or ``~/``. Not with ``env``.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: ``env`` and ``file`` were given, or neither, or a literal that the provider would refuse.
            MissingArgumentError: ``help_message`` was left out.
        """
        super().__init__(scope, id, {"help_message": help_message, "env": env, "file": file}, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        env, file = given["env"] or None, given["file"] or None  # the provider takes an empty text for none
        if env is None and file is None:
            raise check.refuse("env", 'is missing: write env="NPM_TOKEN", or file="~/.npmrc" for a file.')
        check.together("env", env, "a secret is a variable or a file", file=file)
        check.matches("env", env, ENV_NAME, ENV_NAME_MEANING)
        check.matches("file", file, r"(?s)(?:/|~/).*", 'a path that begins with "/" or "~/", for example ~/.npmrc')
