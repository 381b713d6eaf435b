// The server of the demo gives out one folder.

import { expect, test } from "vitest";
import { parsePort } from "./port.mjs";
import { serve } from "./serve.mjs";

test("files of the folder have their types, and what is elsewhere is not there", async () => {
  const { server, url } = await serve(import.meta.dirname);
  try {
    const get = async (path) => {
      const response = await fetch(url + path);
      return `${response.status} ${response.headers.get("content-type")} ${(await response.text()).slice(0, 15)}`;
    };
    expect(await get("")).toBe("200 text/html; charset=utf-8 <!doctype html>");
    expect(await get("page.css?x")).toMatch(/^200 text\/css/);
    // With the URL's own slash, "/" is "//": a place on another host, which has no name.
    for (const path of ["/", "nothing.js", "..%2f..%2fpackage.json", "%2e%2e/digits/data.mjs", "../../package.json"]) {
      expect(await get(path), path).toMatch(/^404 /);
    }
  } finally {
    server.close();
  }
});

test("a port is a number that is free, and anything else is told in a sentence", async () => {
  expect(parsePort([])).toBe(0);
  expect(parsePort(["8080"])).toBe(8080);
  expect(parsePort(["--help"])).toBeUndefined();
  const refused = (/** @type {string[]} */ ...args) => expect(() => parsePort(args));
  refused("--port").toThrow("Unknown flag: --port (see --help)");
  refused("80", "81").toThrow("Unexpected argument: 81 (see --help)");
  refused("65536").toThrow("Invalid port: 65536 (use a whole number from 0 to 65535)");
  refused("").toThrow('Invalid port: "" (use a whole number from 0 to 65535)');
  const { server, url } = await serve(import.meta.dirname);
  const { port } = new URL(url);
  await expect(serve(import.meta.dirname, Number(port))).rejects.toThrow(
    `Invalid port: ${port} (another program has it, choose another)`,
  );
  server.close();
});
