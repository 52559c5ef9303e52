// Print what a GET of the given URL answers, with Node's https module, which older tools are written with.
import https from "node:https";

https
  .get(process.argv[2], { timeout: 20_000 }, (response) => {
    if (response.statusCode !== 200) {
      console.error(`HTTP ${response.statusCode}`);
      process.exitCode = 1;
    }
    response.setEncoding("utf8").on("data", (text) => process.stdout.write(text));
  })
  .on("error", (error) => {
    console.error([error.name, error.code, error.message].filter(Boolean).join(" "));
    // Not exitCode: the refused tunnel's socket keeps Node running for as long as the proxy leaves it open.
    process.exit(1);
  });
