"""The last line of a file that declares a provider: `serve(DOCKER)`."""

from __future__ import annotations

from .declare import Provider

__all__ = ["serve"]


def serve(provider: Provider) -> None:
    """Serve `provider` to the Terraform process that started this one; ends the process when it is done.

    A file that declares a provider ends with it, under `if __name__ == "__main__":`.
    """
    from .server import serve_until_unwanted  # gRPC, which a file that is only imported does without

    serve_until_unwanted(provider)
