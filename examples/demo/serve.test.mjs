// The server of the demo gives out one folder.

import { expect, test } from "vitest";
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
    for (const path of ["nothing.js", "..%2f..%2fpackage.json", "%2e%2e/digits/data.mjs", "../../package.json"]) {
      expect(await get(path), path).toMatch(/^404 /);
    }
  } finally {
    server.close();
  }
});
