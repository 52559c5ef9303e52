"""``data.coder_parameter``: what a user chooses when creating a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Unpack, get_args

from aibridge_construct._engine import Construct, IResolvable, Tokenization
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder._parameter_rules import check_parameter
from aibridge_construct.coder.blocks import Block, BlockFields
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Argument, Choice, Computed, Flag, Nested, NestedList, Number, Text
from aibridge_construct.encoding import json_text
from aibridge_construct.validation import is_known
from aibridge_construct.words import ParameterFormType, ParameterMonotonic, ParameterType

__all__ = ["DataCoderParameter", "ParameterOption", "ParameterValidation", "ParameterValue"]

ParameterValue = str | float | bool | Sequence[str]
"""A value of a parameter; Coder keeps all of them as text."""


@dataclass(frozen=True, kw_only=True)
class ParameterOption(Block):
    """One of the choices, block ``option``.

    Args:
        name: what the user sees, once per parameter.
        value: what it stands for, once per parameter.
        description: explains it. Default: none.
        icon: URL or path of an icon. Default: none.
    """

    name: str
    """What the user sees, once per parameter."""
    value: ParameterValue
    """What it stands for, once per parameter."""
    description: str | None = None
    """Explains it."""
    icon: str | None = None
    """URL or path of an icon."""


@dataclass(frozen=True, kw_only=True)
class ParameterValidation(Block):
    """What the user may enter, block ``validation``.

    Args:
        regex: for strings: expression (RE2) that must match somewhere. Needs ``error``.
        error: what the user reads on a wrong value; ``{min}``, ``{max}`` and ``{value}`` are filled in.
        min: for numbers: the least, a whole number. Default: no limit.
        max: for numbers: the most, a whole number. Default: no limit.
        monotonic: for numbers: ``increasing`` or ``decreasing``: changes go one way only. Default: either way.
    """

    regex: str | None = None
    """For strings: expression (RE2) that must match somewhere."""
    error: str | None = None
    """What the user reads on a wrong value; ``{min}``, ``{max}`` and ``{value}`` are filled in."""
    min: float | None = None
    """For numbers: the least, a whole number."""
    max: float | None = None
    """For numbers: the most, a whole number."""
    monotonic: ParameterMonotonic | IResolvable | None = None
    """For numbers: ``increasing`` or ``decreasing``: changes go one way only."""

    min_disabled: ClassVar[Computed[IResolvable]] = Computed(bool)
    """Whether there is no least, read from the parameter: ``parameter.validation.min_disabled``."""
    max_disabled: ClassVar[Computed[IResolvable]] = Computed(bool)
    """Whether there is no most."""


def _text(value: ParameterValue, field: str = "default") -> str:
    """A value as Coder keeps it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return Tokenization.stringify_number(value) if not is_known(value) else f"{value:.15g}"
    return json_text(field, value)


def _styling(styling: str | Mapping[str, object]) -> str:
    return styling if isinstance(styling, str) else json_text("styling", styling)


def _as_text(option: ParameterOption) -> ParameterOption:
    return replace(option, value=_text(option.value, "option.value"))


class DataCoderParameter(DataSource):
    """Something that the user of a template chooses. :attr:`value` holds the choice, always as text.

    Coder's workspace form reads ``option`` and ``validation`` blocks from native Terraform files only, so a
    :class:`~aibridge_construct.template.CoderTemplate` writes parameters to ``parameters.tf``.

    Facts: schema and refusals of the coder provider 2.17, data source ``coder_parameter``. At template import no value
    is chosen and the provider checks the empty text against ``validation``: give validated parameters a default.
    """

    TYPE: str = "coder_parameter"

    name: Text = Argument(str)
    """Its name; another name makes users choose anew."""
    type: Choice[ParameterType] = Choice(get_args(ParameterType))
    """``string`` (the default), ``number``, ``bool`` or ``list(string)``."""
    default: Argument[str, ParameterValue] = Argument(str, convert=_text)
    """The value unless chosen, as text or as a Python value of that type."""
    display_name: Text = Argument(str)
    """What the form calls it."""
    description: Text = Argument(str)
    """Explains it, Markdown."""
    icon: Text = Argument(str)
    """URL or path of an icon."""
    mutable: Flag = Argument(bool)
    """May change after the workspace was created."""
    ephemeral: Flag = Argument(bool)
    """Holds for one build only; needs ``mutable=True`` and a default."""
    order: Number = Argument(float)
    """Place in the form, lowest first."""
    form_type: Choice[ParameterFormType] = Choice(get_args(ParameterFormType))
    """The control in the form: ``input``, ``textarea``, ``radio``, ``dropdown``, ``slider``, ``checkbox``, ``switch``,
    ``multi-select`` or ``tag-select``, as the type and the options allow.
    """
    styling: Argument[str, str | Mapping[str, object]] = Argument(str, convert=_styling)
    """Cosmetic options of the form, a mapping or its JSON."""
    option: NestedList[ParameterOption] = Argument(ParameterOption, many=True, convert=_as_text)
    """The choices."""
    validation: Nested[ParameterValidation] = Argument(ParameterValidation)
    """What the user may enter."""

    value: Computed[str] = Computed(str)
    """The choice, as text."""
    optional: Computed[IResolvable] = Computed(bool)
    """Whether there is a default, so that nobody has to choose."""

    @explain_missing(name='"Region"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        type: ParameterType | IResolvable | None = None,
        default: ParameterValue | None = None,
        display_name: str | None = None,
        description: str | None = None,
        icon: str | None = None,
        mutable: bool | IResolvable | None = None,
        ephemeral: bool | IResolvable | None = None,
        order: float | None = None,
        form_type: ParameterFormType | IResolvable | None = None,
        styling: str | Mapping[str, object] | None = None,
        option: Sequence[ParameterOption | BlockFields] | IResolvable | None = None,
        validation: ParameterValidation | BlockFields | IResolvable | None = None,
        **meta: Unpack[MetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            name: its name; another name makes users choose anew.
            type: ``string`` (the default), ``number``, ``bool`` or ``list(string)``.
            default: the value unless chosen, as text or as a Python value of that type. Default: the user must choose.
            display_name: what the form calls it. Default: the name.
            description: explains it, Markdown. Default: none.
            icon: URL or path of an icon. Default: none.
            mutable: may change after the workspace was created. Default: false.
            ephemeral: holds for one build only; needs ``mutable=True`` and a default. Default: false.
            order: place in the form, lowest first. Default: 0.
            form_type: the control in the form: ``input``, ``textarea``, ``radio``, ``dropdown``, ``slider``,
                ``checkbox``, ``switch``, ``multi-select`` or ``tag-select``, as the type and the options allow.
                Default: by the type.
            styling: cosmetic options of the form, a mapping or its JSON. Default: none.
            option: the choices. Default: anything of the type.
            validation: what the user may enter. Default: anything of the type.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse, or arguments that do not go together.
            MissingArgumentError: ``name`` was left out.
        """
        attributes = {
            "name": name,
            "type": type,
            "default": default,
            "display_name": display_name,
            "description": description,
            "icon": icon,
            "mutable": mutable,
            "ephemeral": ephemeral,
            "order": order,
            "form_type": form_type,
            "styling": styling,
            "option": option,
            "validation": validation,
        }
        super().__init__(scope, id, attributes, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check_parameter(check, given)
