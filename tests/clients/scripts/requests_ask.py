import requests

print(requests.get("https://api.openai.com/v1/models", timeout=15).text)
