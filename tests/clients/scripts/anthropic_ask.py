import anthropic

print(anthropic.Anthropic(api_key="none", max_retries=0, timeout=15).models.list())
