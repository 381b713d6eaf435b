// A fully connected layer, y = x·Wᵀ + b, with its gradients written by hand.
//
// Parameters and gradients are tensors in wasm memory: what `backward` writes is what the optimizer reads, nothing is
// copied. `.data` is a view that lives until memory grows, which making a tensor or an optimizer may do: hence every call
// asks for it again. Activations never meet the optimizer. All of them are float64 arrays, since a loop that has met two
// kinds of array asks at every element which kind it is.

import { Parameter, Tensor } from "adam-wasm";

export class Linear {
  /**
   * @param {number} inputs
   * @param {number} outputs
   * @param {() => number} random uniform in [0, 1)
   */
  constructor(inputs, outputs, random) {
    const bound = 1 / Math.sqrt(inputs); // torch's default for Linear
    const uniform = (/** @type {number} */ length) => Float32Array.from({ length }, () => (2 * random() - 1) * bound);

    this.inputs = inputs;
    this.outputs = outputs;
    this.weight = Parameter.from(uniform(outputs * inputs), { shape: [outputs, inputs] });
    this.bias = Parameter.from(uniform(outputs));
    this.weightGrad = Tensor.zeros(this.weight.shape);
    this.biasGrad = Tensor.zeros(this.bias.shape);
    // Assigned once: `zeroGrad({ setToNone: false })` clears these very tensors.
    this.weight.grad = this.weightGrad;
    this.bias.grad = this.biasGrad;
  }

  /**
   * @param {Float64Array} x samples × inputs
   * @returns {Float64Array} samples × outputs
   */
  forward(x) {
    const { inputs, outputs } = this;
    const weight = this.weight.data;
    const bias = this.bias.data;
    const samples = x.length / inputs;
    const y = new Float64Array(samples * outputs);
    for (let s = 0; s < samples; s++) {
      const from = s * inputs;
      for (let o = 0; o < outputs; o++) {
        const row = o * inputs;
        let sum = bias[o];
        for (let i = 0; i < inputs; i++) sum += weight[row + i] * x[from + i];
        y[s * outputs + o] = sum;
      }
    }
    return y;
  }

  /**
   * Adds dL/dW and dL/db to the gradients, as torch's backward does.
   * @param {Float64Array} x what `forward` was given
   * @param {Float64Array} dy dL/dy
   */
  backward(x, dy) {
    const { inputs, outputs } = this;
    const weightGrad = this.weightGrad.data;
    const biasGrad = this.biasGrad.data;
    const samples = x.length / inputs;
    for (let s = 0; s < samples; s++) {
      const from = s * inputs;
      for (let o = 0; o < outputs; o++) {
        const slope = dy[s * outputs + o];
        if (slope === 0) continue; // a ReLU that is off: half of them are
        const row = o * inputs;
        for (let i = 0; i < inputs; i++) weightGrad[row + i] += slope * x[from + i];
        biasGrad[o] += slope;
      }
    }
  }

  /**
   * @param {Float64Array} dy dL/dy
   * @returns {Float64Array} dL/dx, for the layer below
   */
  inputGradient(dy) {
    const { inputs, outputs } = this;
    const weight = this.weight.data;
    const samples = dy.length / outputs;
    const dx = new Float64Array(samples * inputs);
    for (let s = 0; s < samples; s++) {
      const from = s * inputs;
      for (let o = 0; o < outputs; o++) {
        const slope = dy[s * outputs + o];
        const row = o * inputs;
        for (let i = 0; i < inputs; i++) dx[from + i] += slope * weight[row + i];
      }
    }
    return dx;
  }

  dispose() {
    for (const tensor of [this.weight, this.bias, this.weightGrad, this.biasGrad]) tensor.dispose();
  }
}
