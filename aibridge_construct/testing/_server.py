"""Serves a `Provider` to Terraform: the plugin protocol, version 6.

Needs the package `tf` (the protocol's messages in Python) and gRPC; both come with the `testing` extra.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from functools import wraps
from typing import Any

import grpc  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.utils import read_dynamic_value, to_dynamic_value  # type: ignore[import-untyped]

from ._handshake import handshake, wait_until_unwanted
from ._values import Shape, changed, known_only, problems, settled, with_defaults
from .plugin import Attribute, Block, Build, DataSource, Provider, Refusal, Resource, Values, computed

__all__ = ["Servicer", "serve"]


def serve(provider: Provider) -> None:
    """Serve `provider` until Terraform says that it is done, or is gone."""
    parent = os.getppid()  # asked for before Terraform hears of us: it may be killed at any time after
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=[("grpc.so_reuseport", 0)])
    rpc.add_ProviderServicer_to_server(Servicer(provider, os.environ), server)
    with handshake(server) as unwanted:
        wait_until_unwanted(unwanted, parent)
        server.stop(grace=0.2).wait()
    sys.stdout.flush()
    os._exit(0)  # joining gRPC's threads would make Terraform wait for us


class _Schema:
    """A resource or data source with the `id` that every one of them has."""

    def __init__(self, item: Resource | DataSource) -> None:
        named = {attribute.name for attribute in item.attributes}
        self.attributes = [*([] if "id" in named else [computed("id")]), *item.attributes]
        self.blocks = list(item.blocks)
        self.force_new = isinstance(item, Resource) and item.force_new


class _Config:
    """The arguments of the provider block."""

    def __init__(self, provider: Provider) -> None:
        self.attributes = list(provider.config)
        self.blocks: list[Block] = []


def _reporting(method: Callable[..., Any]) -> Callable[..., Any]:
    """gRPC swallows tracebacks; Terraform shows what a provider writes to stderr with TF_LOG set."""

    @wraps(method)
    def call(*args: Any) -> Any:
        try:
            return method(*args)
        except Exception:
            traceback.print_exc()
            raise

    return call


class Servicer(rpc.ProviderServicer):  # type: ignore[misc]  # generated code without types
    """The provider's side of each call that Terraform makes."""

    def __init__(self, provider: Provider, environ: Mapping[str, str]) -> None:
        self._provider = provider
        self.begin(environ)
        self._config = _Config(provider)
        self._resources = {name: _Schema(item) for name, item in provider.resources.items()}
        self._data_sources = {name: _Schema(item) for name, item in provider.data_sources.items()}

    def begin(self, environ: Mapping[str, str], *, one_configuration: bool = False) -> None:
        """Start afresh, for a provider that outlives a command; see `Attached.begin`."""
        self._build = Build(environ, {})
        self._configured = False
        self._one_configuration = one_configuration

    @_reporting
    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return pb.GetProviderSchema.Response(
            provider=_schema_message(self._config),
            provider_meta=pb.Schema(block=pb.Schema.Block()),
            resource_schemas={name: _schema_message(schema) for name, schema in self._resources.items()},
            data_source_schemas={name: _schema_message(schema) for name, schema in self._data_sources.items()},
            # Terraform may then keep the schema from one instance of the provider to the next.
            server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
        )

    @_reporting
    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        config = read_dynamic_value(request.config) or {}
        return pb.ValidateProviderConfig.Response(diagnostics=list(_complaints(self._config, config)))

    @_reporting
    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        said: list[Any] = []
        config = known_only(with_defaults(self._config, read_dynamic_value(request.config) or {}))
        with _refusals(said):
            if self._provider.configure:
                config = self._provider.configure(config, self._build.environ)
            if self._one_configuration and self._configured and config != self._build.config:
                raise Refusal(
                    f"{self._provider.source} is configured in several ways at once",
                    "Stand-ins that run inside the test process can have one configuration. "
                    "Pass isolated=True to Terraform(…) to give each configuration a process of its own.",
                )
            self._build = Build(self._build.environ, config)
            self._configured = True
        return pb.ConfigureProvider.Response(diagnostics=said)

    @_reporting
    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        item = self._provider.resources[request.type_name]
        said = _validate(self._resources[request.type_name], item, read_dynamic_value(request.config))
        return pb.ValidateResourceConfig.Response(diagnostics=said)

    @_reporting
    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        item = self._provider.data_sources[request.type_name]
        said = _validate(self._data_sources[request.type_name], item, read_dynamic_value(request.config))
        return pb.ValidateDataResourceConfig.Response(diagnostics=said)

    @_reporting
    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        state = settled(self._resources[request.type_name], json.loads(request.raw_state.json))
        return pb.UpgradeResourceState.Response(upgraded_state=to_dynamic_value(state))

    @_reporting
    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        schema, item = self._resources[request.type_name], self._provider.resources[request.type_name]
        prior, proposed = read_dynamic_value(request.prior_state), read_dynamic_value(request.proposed_new_state)
        said: list[Any] = []
        replace: list[Any] = []
        planned = with_defaults(schema, proposed, prior)
        if prior is not None:
            # What Terraform proposes carries the computed values over; a null there was null before, too.
            for attribute in schema.attributes:
                if attribute.computed and proposed.get(attribute.name) is None:
                    planned[attribute.name] = prior.get(attribute.name)
            differences = list(changed(schema, prior, planned))
            replace = [_path((part.name,)) for part, force_new in differences if force_new or schema.force_new]
        if item.plan and (prior is None or differences):
            with _refusals(said):
                item.plan(known_only(planned))
        return pb.PlanResourceChange.Response(
            planned_state=to_dynamic_value(planned),
            requires_replace=replace,
            diagnostics=said,
            # As providers built on Terraform's SDK say: it allows a default on an argument that is not computed.
            legacy_type_system=True,
        )

    @_reporting
    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        schema, item = self._resources[request.type_name], self._provider.resources[request.type_name]
        prior, planned = read_dynamic_value(request.prior_state), read_dynamic_value(request.planned_state)
        said: list[Any] = []
        state = None
        if planned is not None:
            if prior is None:
                planned["id"] = str(uuid.uuid4())
            state = settled(schema, planned)
            if prior is None and item.create:
                with _refusals(said):
                    state = settled(schema, {**state, **item.create(state, self._build)})
        return pb.ApplyResourceChange.Response(
            new_state=to_dynamic_value(state), diagnostics=said, legacy_type_system=True
        )

    @_reporting
    def ReadResource(self, request: Any, context: Any) -> Any:
        schema, item = self._resources[request.type_name], self._provider.resources[request.type_name]
        state = read_dynamic_value(request.current_state)
        said: list[Any] = []
        if item.read:
            with _refusals(said):
                state = settled(schema, {**state, **item.read(state, self._build)})
        return pb.ReadResource.Response(new_state=to_dynamic_value(state), diagnostics=said)

    @_reporting
    def ReadDataSource(self, request: Any, context: Any) -> Any:
        schema, item = self._data_sources[request.type_name], self._provider.data_sources[request.type_name]
        said: list[Any] = []
        state = None
        with _refusals(said):
            values = with_defaults(schema, read_dynamic_value(request.config), computed=None)
            found = item.read(values, self._build) if item.read else {}
            state = settled(schema, {"id": str(uuid.uuid4()), **values, **found})
            state["id"] = state["id"] or str(uuid.uuid4())
        return pb.ReadDataSource.Response(state=to_dynamic_value(state), diagnostics=said)

    @_reporting
    def StopProvider(self, request: Any, context: Any) -> Any:
        return pb.StopProvider.Response()


def _validate(schema: _Schema, item: Resource | DataSource, config: Values) -> list[Any]:
    said = list(_complaints(schema, config))
    if item.validate:
        with _refusals(said):
            item.validate(known_only(config))
    return said


def _complaints(shape: Shape, config: Values) -> Iterator[Any]:
    for text, path in problems(shape, config):
        yield _error(f"Invalid value for {path[-1]}", text, path)
    for attribute in shape.attributes:
        if attribute.deprecated and config.get(attribute.name) is not None:
            yield pb.Diagnostic(
                severity=pb.Diagnostic.WARNING, summary="Argument is deprecated", attribute=_path((attribute.name,))
            )


@contextmanager
def _refusals(said: list[Any]) -> Iterator[None]:
    """Collect what a hook refuses, as Terraform's diagnostics."""
    try:
        yield
    except Refusal as refusal:
        said.append(_error(refusal.summary, refusal.detail, (refusal.attribute,) if refusal.attribute else ()))


def _error(summary: str, detail: str, path: tuple[str | int, ...]) -> Any:
    return pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=summary, detail=detail, attribute=_path(path))


def _path(path: tuple[str | int, ...]) -> Any:
    step = pb.AttributePath.Step
    return pb.AttributePath(
        steps=[step(attribute_name=part) if isinstance(part, str) else step(element_key_int=part) for part in path]
    )


def _schema_message(shape: Shape) -> Any:
    return pb.Schema(version=1, block=_block_message(shape))


def _block_message(shape: Shape) -> Any:
    return pb.Schema.Block(
        attributes=[_attribute_message(attribute) for attribute in shape.attributes],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=block.name,
                block=_block_message(block),
                nesting=pb.Schema.NestedBlock.NestingMode.Value(block.nesting.upper()),
                min_items=block.min_items,
                max_items=block.max_items,
            )
            for block in shape.blocks
        ],
    )


def _attribute_message(attribute: Attribute) -> Any:
    return pb.Schema.Attribute(
        name=attribute.name,
        type=json.dumps(attribute.type).encode(),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        deprecated=attribute.deprecated,
    )
