const { EnvHttpProxyAgent, request, setGlobalDispatcher } = require("undici");

setGlobalDispatcher(new EnvHttpProxyAgent());
request("https://api.openai.com/v1/models").then(
  async (answer) => console.log(answer.statusCode, await answer.body.text()),
  (error) => {
    console.error(String(error), String(error.cause ?? ""));
    process.exit(1);
  },
);
