"""A stand-in for the Terraform provider coder/coder, version 2.17: the same schema, environment variables and refusals.

It has all 18 types of that version, each in a file of its own beside this one. A test tries every one of them on the
stand-in and, where AIBRIDGE_CODER_PROVIDER names its executable, on the real provider.

Where it knowingly differs from the real one: arguments left out of the nested blocks of resources stay null (the real
one may store an empty string or zero), of several conflicting arguments one is named, a parameter's regular expression
may have no class of Unicode but letters, and an agent whose `resources_monitoring` is empty plans a second time, too.

Source of the facts: the provider's documentation, schema, source and behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping

from aibridge_construct.testing.coder.stand_in.agent import AGENT
from aibridge_construct.testing.coder.stand_in.agent_instance import AGENT_INSTANCE
from aibridge_construct.testing.coder.stand_in.ai_task import AI_TASK, TASK
from aibridge_construct.testing.coder.stand_in.app import APP
from aibridge_construct.testing.coder.stand_in.devcontainer import DEVCONTAINER
from aibridge_construct.testing.coder.stand_in.env import ENV
from aibridge_construct.testing.coder.stand_in.external_agent import EXTERNAL_AGENT
from aibridge_construct.testing.coder.stand_in.external_auth import EXTERNAL_AUTH
from aibridge_construct.testing.coder.stand_in.metadata import METADATA
from aibridge_construct.testing.coder.stand_in.parameter import PARAMETER
from aibridge_construct.testing.coder.stand_in.script import SCRIPT
from aibridge_construct.testing.coder.stand_in.secret import SECRET
from aibridge_construct.testing.coder.stand_in.workspace import PROVISIONER, WORKSPACE, WORKSPACE_OWNER
from aibridge_construct.testing.coder.stand_in.workspace_preset import WORKSPACE_PRESET
from aibridge_construct.testing.coder.stand_in.workspace_tags import WORKSPACE_TAGS
from aibridge_construct.testing.providers.checks import is_url
from aibridge_construct.testing.providers.declare import Provider, Refusal, Values, optional
from aibridge_construct.testing.providers.go import url_error
from aibridge_construct.testing.providers.serving import serve

__all__ = ["CODER"]


_UNSET = "\0unset"


def _configure(config: Values, environ: Mapping[str, str]) -> Values:
    url = config["url"]
    if url == _UNSET:
        url = environ.get("CODER_AGENT_URL") or "https://mydeployment.coder.com"
    if not url:  # or not known yet: the provider cannot wait for it
        raise Refusal('CODER_AGENT_URL must not be empty; got ""')
    if complaint := url_error(url):
        raise Refusal(complaint)
    return {"url": url}


CODER = Provider(
    "coder/coder",
    version="2.17.0",
    file=__file__,
    config=[optional("url", check=is_url, default=_UNSET)],
    configure=_configure,
    resources=[AGENT, AGENT_INSTANCE, AI_TASK, APP, DEVCONTAINER, ENV, EXTERNAL_AGENT, METADATA, SCRIPT],
    data_sources=[
        EXTERNAL_AUTH,
        PARAMETER,
        PROVISIONER,
        SECRET,
        TASK,
        WORKSPACE,
        WORKSPACE_OWNER,
        WORKSPACE_PRESET,
        WORKSPACE_TAGS,
    ],
)

if __name__ == "__main__":
    serve(CODER)
