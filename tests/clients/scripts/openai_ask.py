import openai

print(openai.OpenAI(api_key="none", max_retries=0, timeout=15).models.list())
