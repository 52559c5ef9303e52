"""GET the given URL, which ends in /models, with OpenAI's SDK."""

import sys

from openai import OpenAI

client = OpenAI(api_key="none", base_url=sys.argv[1].removesuffix("/models"), max_retries=0)
print(client.models.with_raw_response.list().http_response.text)
