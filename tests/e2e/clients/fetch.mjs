// Print what a GET of the given URL answers, with Node's own fetch.
// The reason of a failed fetch is in `cause`, sometimes several levels down.
try {
  const response = await fetch(process.argv[2], { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  console.log(await response.text());
} catch (error) {
  for (let reason = error; reason; reason = reason.cause) {
    console.error([reason.name, reason.code, reason.message].filter(Boolean).join(" "));
  }
  process.exitCode = 1;
}
