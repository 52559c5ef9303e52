import litellm

message = {"role": "user", "content": "hello"}
print(litellm.completion("openai/gpt-4o", [message], api_key="none", max_retries=0, timeout=15))
