// A Cloudflare Worker that fits a line to the points of a request: wrangler dev worker.js
// curl localhost:8787 --json '[[0, 1], [1, 3], [2, 5]]' answers {"slope":2,"intercept":1}

import { Adam, Parameter } from "adam-wasm";

export default {
  async fetch(request) {
    const points = await request.json();
    const line = Parameter.zeros([2], { name: "line" });
    const optimizer = new Adam([line], { lr: 0.1 });
    for (let step = 0; step < 1000; step++) {
      const [slope, intercept] = line.data;
      const gradient = [0, 0];
      for (const [x, y] of points) {
        const error = slope * x + intercept - y;
        gradient[0] += (2 * error * x) / points.length;
        gradient[1] += (2 * error) / points.length;
      }
      line.grad = gradient;
      optimizer.step();
    }
    const [slope, intercept] = Array.from(line.data, (value) => Number(value.toFixed(3)));
    // An isolate serves many requests: give the memory back at once.
    optimizer.dispose();
    line.dispose();
    return Response.json({ slope, intercept });
  },
};
