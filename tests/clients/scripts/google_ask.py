from google import genai

print(genai.Client(api_key="none").models.generate_content(model="gemini-2.5-flash", contents="hello"))
