// A multilayer perceptron: linear → ReLU → linear → softmax, trained on cross-entropy.
//
// Softmax uses Math.exp, whose last bit JavaScript leaves to the engine: weights repeat bit for bit in the same engine,
// and only nearly so between, say, V8 and SpiderMonkey. The optimizer itself gives the same bits in all of them.

import { Linear } from "./linear.mjs";

export class Network {
  /**
   * @param {[inputs: number, hidden: number, classes: number]} sizes
   * @param {() => number} random uniform in [0, 1)
   */
  constructor([inputs, hidden, classes], random) {
    this.classes = classes;
    this.first = new Linear(inputs, hidden, random);
    this.second = new Linear(hidden, classes, random);
  }

  /** @returns {Array<[name: string, parameter: import("adam-wasm").Parameter]>} */
  namedParameters() {
    return [
      ["first.weight", this.first.weight],
      ["first.bias", this.first.bias],
      ["second.weight", this.second.weight],
      ["second.bias", this.second.bias],
    ];
  }

  /**
   * @param {Float64Array} x samples × inputs
   * @returns {Float64Array} the probability of every class for every sample
   */
  predict(x) {
    const y = this.second.forward(relu(this.first.forward(x)));
    softmax(y, this.classes);
    return y;
  }

  /**
   * Forward and backward: adds the gradients of the mean loss to those of the parameters.
   * @param {Float64Array} x samples × inputs
   * @param {Uint8Array} labels
   * @returns {number} the mean loss
   */
  backward(x, labels) {
    const hidden = relu(this.first.forward(x));
    const y = this.second.forward(hidden);
    const loss = softmax(y, this.classes, labels);

    // The derivative of softmax and cross-entropy together: probability − 1 for the true class, probability for others.
    const samples = labels.length;
    for (let s = 0; s < samples; s++) y[s * this.classes + labels[s]] -= 1;
    for (let i = 0; i < y.length; i++) y[i] /= samples;

    this.second.backward(hidden, y);
    const hiddenGrad = this.second.inputGradient(y);
    for (let i = 0; i < hidden.length; i++) if (hidden[i] === 0) hiddenGrad[i] = 0;
    this.first.backward(x, hiddenGrad);
    return loss;
  }

  dispose() {
    this.first.dispose();
    this.second.dispose();
  }
}

/**
 * In place; returns its argument.
 * @param {Float64Array} y
 */
function relu(y) {
  for (let i = 0; i < y.length; i++) if (y[i] < 0) y[i] = 0;
  return y;
}

/**
 * Turns scores into probabilities, in place.
 * @param {Float64Array} y samples × classes
 * @param {number} classes
 * @param {Uint8Array} [labels] the true classes
 * @returns {number} the mean cross-entropy if there are labels
 */
function softmax(y, classes, labels) {
  const samples = y.length / classes;
  let loss = 0;
  for (let s = 0; s < samples; s++) {
    const scores = y.subarray(s * classes, (s + 1) * classes);
    let largest = scores[0];
    for (let c = 1; c < classes; c++) if (scores[c] > largest) largest = scores[c];
    // From scores, not from probabilities: the logarithm of one that has underflowed would be −∞.
    if (labels) loss += largest - scores[labels[s]];
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      scores[c] = Math.exp(scores[c] - largest); // ≤ 1: cannot overflow
      sum += scores[c];
    }
    if (labels) loss += Math.log(sum);
    for (let c = 0; c < classes; c++) scores[c] /= sum;
  }
  return loss / samples;
}
