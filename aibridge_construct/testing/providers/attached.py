"""Stand-ins served from this very process, so that Terraform need not start one for every step of every command.

Terraform connects to providers that run already when TF_REATTACH_PROVIDERS says where. Its own framework for acceptance
tests does the same. A plan takes a fifth of the time it takes with processes of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import weakref
from collections.abc import Mapping, Sequence
from concurrent import futures

import grpc  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2_grpc as rpc  # type: ignore[import-untyped]

from .declare import Provider
from .handshake import socket_directory
from .server import Servicer

__all__ = ["Attached"]


class Attached:
    """Running servers of `providers`; they end with this object."""

    def __init__(self, providers: Sequence[Provider], hosts: Sequence[str]) -> None:
        directory = socket_directory()
        self._servicers = [Servicer(provider, {}) for provider in providers]
        servers = []
        places = {}
        for number, (provider, servicer) in enumerate(zip(providers, self._servicers, strict=True)):
            server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
            rpc.add_ProviderServicer_to_server(servicer, server)
            address = f"{directory}/{number}.sock"
            server.add_insecure_port(f"unix:{address}")
            server.start()
            servers.append(server)
            places.update({f"{host}/{provider.source}": _place(address) for host in hosts})
        self.variables: dict[str, str] = {"TF_REATTACH_PROVIDERS": json.dumps(places)}
        self._close = weakref.finalize(self, _stop, servers, directory)

    def begin(self, environ: Mapping[str, str], *, one_configuration: bool) -> None:
        """Forget the last command: from now on the providers see `environ`.

        A process serves one configuration of a provider at a time. With `one_configuration` a second one that differs
        is refused, instead of being mistaken for the first.
        """
        for servicer in self._servicers:
            servicer.begin(environ, one_configuration=one_configuration)


def _place(address: str) -> dict[str, object]:
    # "Test" tells Terraform that the process is not its own to stop.
    return {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": address},
    }


def _stop(servers: Sequence[grpc.Server], directory: str) -> None:
    for server in servers:
        server.stop(None)
    shutil.rmtree(directory, ignore_errors=True)
