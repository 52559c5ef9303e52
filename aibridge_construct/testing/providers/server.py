"""Serves a `Provider` to Terraform: the plugin protocol, version 6.

Needs the package `tf` (the protocol's messages in Python) and gRPC; both come with the `testing` extra.
"""

from __future__ import annotations

import os
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2_grpc as rpc

from . import messages, wire
from .declare import Block, Build, DataSource, Provider, Refusal, Resource, Values, optional
from .handshake import handshake, wait_until_unwanted
from .values import Path, Shape, as_read, changed, is_known, known_only, problems, settled, warnings, with_defaults

__all__ = ["Servicer", "serve_until_unwanted"]


def serve_until_unwanted(provider: Provider) -> None:
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
        self.attributes = [*([] if "id" in named else [optional("id", computed=True)]), *item.attributes]
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


if TYPE_CHECKING:
    _Base = object  # generated code has no types
else:
    _Base = rpc.ProviderServicer


class Servicer(_Base):
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
        self._settled_config: Values | None = None
        self._one_configuration = one_configuration

    @_reporting
    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return pb.GetProviderSchema.Response(
            provider=messages.schema(self._config),
            provider_meta=pb.Schema(block=pb.Schema.Block()),
            resource_schemas={name: messages.schema(schema) for name, schema in self._resources.items()},
            data_source_schemas={name: messages.schema(schema) for name, schema in self._data_sources.items()},
            # Terraform may then keep the schema from one instance of the provider to the next.
            server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
        )

    @_reporting
    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        config = wire.read(self._config, request.config) or {}
        return pb.ValidateProviderConfig.Response(diagnostics=list(_complaints(self._config, config)))

    @_reporting
    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        said: list[Any] = []
        given = with_defaults(self._config, wire.read(self._config, request.config) or {})
        config = known_only(given)
        with _refusals(said):
            if self._provider.configure:
                config = self._provider.configure(config, self._build.environ)
            if is_known(given):  # one that is not known at plan is another, and the same, at apply
                self._refuse_second(config)
                self._settled_config = config
            self._build = Build(self._build.environ, config)
        return pb.ConfigureProvider.Response(diagnostics=said)

    def _refuse_second(self, config: Values) -> None:
        if self._one_configuration and self._settled_config not in (None, config):
            raise Refusal(
                f"{self._provider.source} is configured in several ways at once",
                "Stand-ins that run inside the test process can have one configuration. "
                "Pass isolated=True to Terraform(…) to give each configuration a process of its own.",
            )

    @_reporting
    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        said = _validate(self._resources, self._provider.resources, request)
        return pb.ValidateResourceConfig.Response(diagnostics=said)

    @_reporting
    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        said = _validate(self._data_sources, self._provider.data_sources, request)
        return pb.ValidateDataResourceConfig.Response(diagnostics=said)

    @_reporting
    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        schema = self._resources[request.type_name]
        state = settled(schema, wire.read_json(schema, request.raw_state.json) or {})
        return pb.UpgradeResourceState.Response(upgraded_state=wire.write(schema, state))

    @_reporting
    def ImportResourceState(self, request: Any, context: Any) -> Any:
        said = [messages.error(f"resource {request.type_name} doesn't support import")]
        return pb.ImportResourceState.Response(diagnostics=said)

    @_reporting
    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        schema, item = self._resources[request.type_name], self._provider.resources[request.type_name]
        prior, proposed = (wire.read(schema, state) for state in (request.prior_state, request.proposed_new_state))
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        said: list[Any] = []
        replaced: list[Any] = []
        planned = with_defaults(schema, proposed, prior)
        if prior is not None:
            # What Terraform proposes carries the computed values over; a null there was null before, too.
            for attribute in schema.attributes:
                if attribute.computed and proposed.get(attribute.name) is None:
                    planned[attribute.name] = prior.get(attribute.name)
            differences = list(changed(schema, prior, planned))
            parts = [part.name for part, force_new in differences if force_new or schema.force_new]
            replaced = [messages.path((name,)) for name in parts]
        if item.plan and (prior is None or differences):
            with _refusals(said):
                item.plan(known_only(planned))
        return pb.PlanResourceChange.Response(
            planned_state=wire.write(schema, planned),
            requires_replace=replaced,
            diagnostics=said,
            # As providers built on Terraform's SDK say: it allows a default on an argument that is not computed.
            legacy_type_system=True,
        )

    @_reporting
    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        schema, item = self._resources[request.type_name], self._provider.resources[request.type_name]
        prior, planned = (wire.read(schema, state) for state in (request.prior_state, request.planned_state))
        said: list[Any] = []
        state = None
        if planned is not None:
            if prior is None:
                planned["id"] = str(uuid.uuid4())
            state = settled(schema, planned)
            if prior is None and item.create:
                with _refusals(said), self._calling(said) as build:
                    state = settled(schema, {**state, **item.create(known_only(state), build)})
        return pb.ApplyResourceChange.Response(
            new_state=wire.write(schema, state), diagnostics=said, legacy_type_system=True
        )

    @_reporting
    def ReadResource(self, request: Any, context: Any) -> Any:
        schema, item = self._resources[request.type_name], self._provider.resources[request.type_name]
        state = wire.read(schema, request.current_state)
        said: list[Any] = []
        if item.read and state is not None:
            with _refusals(said), self._calling(said) as build:
                state = settled(schema, {**state, **item.read(known_only(state), build)})
        return pb.ReadResource.Response(new_state=wire.write(schema, state), diagnostics=said)

    @_reporting
    def ReadDataSource(self, request: Any, context: Any) -> Any:
        schema, item = self._data_sources[request.type_name], self._provider.data_sources[request.type_name]
        said: list[Any] = []
        state = None
        with _refusals(said), self._calling(said) as build:
            values = with_defaults(schema, wire.read(schema, request.config) or {}, computed=None)
            found = item.read(known_only(values), build) if item.read else {}
            state = as_read(schema, settled(schema, {"id": str(uuid.uuid4()), **values, **found}), set(found))
            state["id"] = state["id"] or str(uuid.uuid4())
        return pb.ReadDataSource.Response(state=wire.write(schema, state), diagnostics=said)

    @_reporting
    def StopProvider(self, request: Any, context: Any) -> Any:
        return pb.StopProvider.Response()

    @contextmanager
    def _calling(self, said: list[Any]) -> Iterator[Build]:
        """What a hook is given; the warnings that it leaves there are said."""
        build = replace(self._build, warnings=[])
        try:
            yield build
        finally:
            said += [messages.warning(text) for text in build.warnings]


def _validate(schemas: Mapping[str, _Schema], items: Mapping[str, Any], request: Any) -> list[Any]:
    schema, item = schemas[request.type_name], items[request.type_name]
    config = wire.read(schema, request.config) or {}
    said = list(_complaints(schema, config))
    if item.validate:
        with _refusals(said):
            item.validate(known_only(config))
    return said


def _complaints(shape: Shape, config: Values) -> Iterator[Any]:
    for summary, detail, where in problems(shape, config):
        yield messages.error(summary, detail, where)
    for summary, detail, where in warnings(shape, config):
        yield messages.warning(summary, detail, where)


@contextmanager
def _refusals(said: list[Any]) -> Iterator[None]:
    """Collect what a hook refuses, as Terraform's diagnostics."""
    try:
        yield
    except Refusal as refusal:
        where: Path = (refusal.attribute,) if refusal.attribute else ()
        said.append(messages.error(refusal.summary, refusal.detail, where))
