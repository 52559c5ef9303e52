fetch("https://api.openai.com/v1/models").then(
  async (answer) => console.log(answer.status, await answer.text()),
  (error) => {
    console.error(String(error), String(error.cause ?? ""));
    globalThis.Deno.exit(1);
  },
);
