// The script end to end: Terraform renders it, a shell runs it as Coder's agent does, and a server plays the deployment.
// `node --test main.test.ts` (Node.js 22.18 or newer) or `bun test main.test.ts`; terraform and curl are on PATH.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";

const ROUTE = "/api/v2/aibridge/proxy/ca-cert.pem";
const NEWER_ROUTE = "/api/v2/ai-gateway/proxy/ca-cert.pem";
const TOKEN = "owner-session-token";
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBSjCB8qADAgECAgEBMAoGCCqGSM49BAMCMCQxIjAgBgNVBAMMGUFJIEJyaWRn
ZSBQcm94eSBvZiBhIHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
MDBaMCQxIjAgBgNVBAMMGUFJIEJyaWRnZSBQcm94eSBvZiBhIHRlc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQAsNK2S/x8g7iTI7rhfNJF/6K2SonXh1SCxrS1
CUV2nACzo20b9kL50dtcL6a9mQgYFhvHydcfHVMvm68vOEOkoxMwETAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIH5t43q3vqBhPM6O9QbGG+A2/CWQ
jm/IPldlFniEhDQoAiBc46BjoIhE1DudXTkv8B9OMHiiQV5sWfGfEpK8obL12Q==
-----END CERTIFICATE-----
`;

type Answer = [status: number, body: string];
type Resource = { address: string; values: { script?: string } };

const folder = mkdtempSync(path.join(tmpdir(), "aibridge-proxy-"));
const certPath = path.join(folder, "certs", "ca-cert.pem");
const server = createServer((request, response) => {
  requests.push(request);
  const [status, body] = answers.length > 1 ? answers.shift()! : answers[0];
  response.writeHead(status, { "Content-Length": Buffer.byteLength(body) }).end(body);
});
let requests: IncomingMessage[] = [];
let answers: Answer[] = [];
let resources: Resource[] = [];

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cpSync(path.join(import.meta.dirname, "cdk.tf.json"), path.join(folder, "cdk.tf.json"));
  terraform("init", "-input=false");
  terraform("apply", "-input=false", "-auto-approve");
  resources = JSON.parse(terraform("show", "-json")).values.root_module.resources;
});

beforeEach(() => {
  requests = [];
  rmSync(path.dirname(certPath), { recursive: true, force: true });
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Terraform in the folder, as Coder's provisioner runs it for a workspace of this deployment. */
function terraform(...words: string[]): string {
  const coder = {
    CODER_AGENT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    CODER_WORKSPACE_OWNER_SESSION_TOKEN: TOKEN,
    CODER_WORKSPACE_TRANSITION: "start",
    CODER_WORKSPACE_TEMPLATE_ID: "11111111-2222-3333-4444-555555555555",
    CODER_WORKSPACE_TEMPLATE_NAME: "test",
    CODER_WORKSPACE_TEMPLATE_VERSION: "1",
    TF_VAR_agent_id: "agent",
    TF_VAR_proxy_url: "https://aiproxy.example.com:8888",
    TF_VAR_cert_path: certPath,
  };
  return execFileSync("terraform", words, { cwd: folder, env: { ...process.env, ...coder }, encoding: "utf8" });
}

/** One start of a workspace whose deployment answers so, in this order; the last answer stays. */
async function start(...given: Answer[]) {
  answers = given;
  const script = resources.find((one) => one.address === "coder_script.aibridge_proxy_setup")!.values.script!;
  const child = spawn("/bin/sh", ["-c", script], { env: { PATH: process.env.PATH, HOME: folder } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const status = await new Promise((resolve) => child.on("close", resolve));
  assert.ok(!(stdout + stderr).includes(TOKEN), "the token is in no log");
  return { status, stdout, stderr };
}

test("it fetches the certificate as the owner of the workspace, and says where it is", async () => {
  const { status, stdout, stderr } = await start([200, CERTIFICATE]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.ok(stdout.includes(`AI Bridge Proxy CA certificate saved to ${certPath}`), stdout);
  assert.equal(readFileSync(certPath, "utf8"), CERTIFICATE);
  assert.deepEqual(
    requests.map((request) => [request.url, request.headers["coder-session-token"]]),
    [[ROUTE, TOKEN]],
  );
});

test("it tries again while the deployment is not ready", async () => {
  const { status, stdout } = await start([503, "starting"], [200, CERTIFICATE]);
  assert.equal(status, 0);
  assert.ok(stdout.includes("next attempt in 1 s"), stdout);
  assert.ok(existsSync(certPath));
});

test("it says that the proxy is off, and keeps the certificate that it has", async () => {
  await start([200, CERTIFICATE]);
  requests = [];
  const { status, stderr } = await start([404, "not found"]);
  assert.equal(status, 1);
  assert.ok(stderr.includes("unexpected response (HTTP 404)"), stderr);
  assert.deepEqual(
    requests.map((request) => request.url),
    [ROUTE, NEWER_ROUTE],
  );
  assert.equal(readFileSync(certPath, "utf8"), CERTIFICATE);
});

for (const [what, body, words] of [
  ["a login page", "<!doctype html><title>Sign in</title>", "is an HTML page"],
  ["half a certificate", CERTIFICATE.slice(0, 300), "is cut short or damaged"],
  ["nothing", "", "downloaded certificate is empty"],
]) {
  test(`it takes ${what} for no certificate`, async () => {
    const { status, stderr } = await start([200, body]);
    assert.equal(status, 1);
    assert.ok(stderr.includes(words), stderr);
    assert.ok(!existsSync(certPath));
  });
}

test("it sets nothing for the workspace as a whole", () => {
  const managed = resources.map((one) => one.address).filter((address) => !address.startsWith("data."));
  assert.deepEqual(managed, ["coder_script.aibridge_proxy_setup"]);
});
