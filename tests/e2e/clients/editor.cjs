// Ask for the given URL with https and with fetch, as the extension host of VS Code does in a workspace:
// @vscode/proxy-agent, with what VS Code hands to it there (src/vs/workbench/api/node/proxyResolver.ts).
// A second argument is the one way to ask: https or fetch.
// EDITOR_SETTINGS: the machine settings. LOCAL_HTTP_PROXY: http.proxy in the settings of the user's own machine.
const agent = require("@vscode/proxy-agent");
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const tls = require("node:tls");

const settings = () => {
  if (!fs.existsSync(process.env.EDITOR_SETTINGS)) return {};
  const text = fs.readFileSync(process.env.EDITOR_SETTINGS, "utf8");
  return JSON.parse(text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "").replace(/,(\s*[}\]])/g, "$1"));
};
const machine = settings();
const useLocal = machine["http.useLocalProxyConfiguration"] ?? true;
const local = process.env.LOCAL_HTTP_PROXY ? { "http.proxy": process.env.LOCAL_HTTP_PROXY } : {};
const setting = (key, otherwise) => (useLocal ? { ...local, ...machine } : machine)[key] ?? otherwise;
const silent = () => {};
const log = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };
const fromNode = () => setting("http.systemCertificatesNode", false);
const params = {
  resolveProxy: async () => undefined,
  // What the dialog of VS Code answers.
  lookupProxyAuthorization: async (_url, challenge, state) => {
    if (!challenge || state.asked || !process.env.ANSWER) return undefined;
    state.asked = true;
    return `Basic ${Buffer.from(process.env.ANSWER).toString("base64")}`;
  },
  getProxyURL: () => setting("http.proxy"),
  getProxySupport: () => setting("http.proxySupport", "override"),
  getNoProxyConfig: () => setting("http.noProxy", []),
  isAdditionalFetchSupportEnabled: () => true,
  isWebSocketPatchEnabled: () => true,
  addCertificatesV1: () => true,
  addCertificatesV2: () => false,
  loadSystemCertificatesFromNode: fromNode,
  loadAdditionalCertificates: () => agent.loadSystemCertificates({ loadSystemCertificatesFromNode: fromNode, log }),
  log,
  getLogLevel: () => agent.LogLevel.Off,
  proxyResolveTelemetry: silent,
  isUseHostProxyEnabled: () => useLocal,
  env: process.env,
};
const { resolveProxyWithRequest, resolveProxyURL } = agent.createProxyResolver(params);
const plainFetch = globalThis.fetch;
Object.assign(net, agent.createNetPatch(params, net));
Object.assign(tls, agent.createTlsPatch(params, tls));
const patched = { ...https, ...agent.createHttpPatch(params, https, resolveProxyWithRequest) };
Object.assign(http, agent.createHttpPatch(params, http, resolveProxyWithRequest));
const patchedFetch = agent.createFetchPatch(params, plainFetch, resolveProxyURL);

const byHttps = (url) =>
  new Promise((resolve, reject) => {
    const request = patched.get(url, { timeout: 20_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part) => (body += part));
      response.on("end", () => (response.statusCode === 200 ? resolve(body) : reject(new Error(`HTTP ${response.statusCode}`))));
    });
    request.on("error", reject);
  });
const byFetch = async (url) => (await patchedFetch(url, { signal: AbortSignal.timeout(20_000) })).text();
const told = (promise) =>
  promise.then(
    () => "yes",
    (error) => [error.message, error.cause?.code ?? error.code, error.cause?.message].filter(Boolean).join(" "),
  );

(async () => {
  const [url, only] = process.argv.slice(2);
  const ways = Object.entries({ https: byHttps, fetch: byFetch }).filter(([way]) => !only || way === only);
  const answers = [];
  for (const [way, ask] of ways) answers.push([way, await told(ask(url))]);
  fs.writeSync(1, JSON.stringify(Object.fromEntries(answers)));
  // The agent goes on to look at the network.
  process.exit();
})();
