"""A stand-in for the provider kreuzwerker/docker, on which many templates build their workspaces."""

from __future__ import annotations

from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    STRING,
    Provider,
    Resource,
    block,
    list_of,
    map_of,
    optional,
    required,
    set_of,
)
from aibridge_construct.testing.providers.serving import serve

__all__ = ["docker"]

_LABELS = block("labels", [required("label"), required("value")], nesting="set")

# As there, most changes need a new container.
_CONTAINER = Resource(
    "docker_container",
    [
        required("image"),
        required("name"),
        optional("command", list_of(STRING)),
        optional("cpu_shares", NUMBER),
        optional("dns", list_of(STRING)),
        optional("entrypoint", list_of(STRING)),
        optional("env", set_of(STRING)),
        optional("hostname"),
        optional("memory", NUMBER),
        optional("network_mode"),
        optional("privileged", BOOL),
        optional("restart"),
        optional("runtime"),
        optional("shm_size", NUMBER),
        optional("user"),
        optional("working_dir"),
    ],
    [
        _LABELS,
        block("host", [required("host"), required("ip")], nesting="set"),
        block("networks_advanced", [required("name"), optional("aliases", set_of(STRING))], nesting="set"),
        block(
            "ports", [required("internal", NUMBER), optional("external", NUMBER), optional("ip"), optional("protocol")]
        ),
        block(
            "volumes",
            [
                optional("container_path"),
                optional("host_path"),
                optional("volume_name"),
                optional("read_only", BOOL),
            ],
            nesting="set",
        ),
    ],
    force_new=True,
)


def docker(version: str = "3.6.2") -> Provider:
    """The provider kreuzwerker/docker: containers, volumes and networks with the arguments that templates mostly use.

    A template that uses more of it declares a `Provider` of its own, see `aibridge_construct.testing.providers`.

    Args:
        version: the version that the template asks for; a package of bindings pins one.
    """
    return Provider(
        "kreuzwerker/docker",
        version=version,
        file=__file__,
        config=[optional("host")],
        resources=[
            _CONTAINER,
            Resource(
                "docker_volume",
                [required("name"), optional("driver"), optional("driver_opts", map_of(STRING))],
                [_LABELS],
                force_new=True,
            ),
            Resource(
                "docker_network",
                [required("name"), optional("driver"), optional("internal", BOOL)],
                [_LABELS],
                force_new=True,
            ),
        ],
    )


if __name__ == "__main__":
    serve(docker())
