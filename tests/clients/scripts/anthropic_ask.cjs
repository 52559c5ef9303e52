const Anthropic = require("@anthropic-ai/sdk").default;

new Anthropic({ apiKey: "none", maxRetries: 0, timeout: 15000 }).models.list().then(console.log, (error) => {
  console.error(String(error), String(error.cause ?? ""));
  process.exit(1);
});
