from google import genai

client = genai.Client(api_key="none")
print(client.models.generate_content(model="gemini-2.5-flash", contents="hello"))
