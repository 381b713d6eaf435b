/** Views: many parameters and gradients over one tensor, who keeps its bytes alive, and what must not overlap. */

import { Adam, Parameter, SGD, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectSameBits } from "./support/bits.js";
import { grow } from "./support/linear-memory.js";
import { normals } from "./support/noise.js";

const code = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "nothing was thrown";
};

/** Two parameters over one tensor, and their gradients over another. */
function flatModel() {
  const [values, grads] = [Parameter.from(Float32Array.from(normals(1, 0, 10))), Tensor.zeros([10])];
  const weight = Parameter.view(values, 0, [2, 3], { name: "weight" });
  const bias = Parameter.view(values, 6, [4], { name: "bias" });
  weight.grad = grads.view(0, [2, 3]);
  bias.grad = grads.view(6, [4]);
  return { values, grads, weight, bias };
}

describe("a view", () => {
  test("shows the same bytes in another shape", () => {
    const tensor = Tensor.from([0, 1, 2, 3, 4, 5], { dtype: "float64" });
    const view = tensor.view(2, [2, 2]);
    expect([view.shape, view.dtype, view.length, [...view.data]]).toEqual([[2, 2], "float64", 4, [2, 3, 4, 5]]);
    expect(view.data.buffer).toBe(tensor.data.buffer);
    view.fill(9);
    tensor.data[3] = 7;
    expect([...tensor.data, ...view.data]).toEqual([0, 1, 9, 7, 9, 9, 9, 7, 9, 9]);
    expect(String(tensor.view(1, []))).toBe("tensor(1, dtype=float64)");
  });

  test("of a parameter is a tensor, of a view starts within that, and may be empty", () => {
    const parameter = Parameter.from([1, 2, 3, 4]);
    const inner = parameter.view(1, [3]).view(1, [2]);
    expect(inner).not.toBeInstanceOf(Parameter);
    expect([...inner.data]).toEqual([3, 4]);
    expect(parameter.view(4, [0]).data).toHaveLength(0);
  });

  test.each([
    [-1, [2]],
    [0.5, [2]],
    [5, [2]],
    [0, [7]],
    [7, [0]],
    [2 ** 53, [1]],
    [Number.NaN, [1]],
    ["0", [1]],
    [0, [-1]],
    [0, 3],
  ])("from %o on of shape %o is refused", (start, shape) => {
    const tensor = Tensor.zeros([6]);
    expect(code(() => tensor.view(start as number, shape as number[]))).toBe("ERR_SHAPE");
    expect(code(() => Parameter.view(tensor, start as number, shape as number[]))).toBe("ERR_SHAPE");
  });

  test("of what is no tensor, or with unknown options, is refused", () => {
    expect(code(() => Parameter.view(new Float32Array(2) as never, 0, [2]))).toBe("ERR_OPTION");
    expect(code(() => Parameter.view(Tensor.zeros([2]), 0, [2], { dtype: "float64" } as never))).toBe("ERR_OPTION");
  });

  test("survives growth of memory", () => {
    const { values, weight, bias, grads } = flatModel();
    const before = [...values.data];
    const { data } = weight;
    grow();
    expect(data).toHaveLength(0);
    expect([...weight.data, ...bias.data]).toEqual(before);
    expect(weight.data).toBe(weight.data);
    grads.fill(1);
    expect([...(bias.grad as Tensor).data]).toEqual([1, 1, 1, 1]);
  });
});

describe("disposal", () => {
  test("of the tensor ends its views, and the step of a parameter among them", () => {
    const { values, grads, weight, bias } = flatModel();
    const other = Parameter.from([1]);
    other.grad = [1];
    const optimizer = new Adam([other, weight, bias]);
    optimizer.step();
    const inner = grads.view(6, [4]).view(0, [2]);
    void [weight.data, inner.data];
    grads.dispose();
    const before = [...values.data, other.item()];
    expect(code(() => inner.data)).toBe("ERR_DISPOSED");
    expect(code(() => grads.view(0, [1]))).toBe("ERR_DISPOSED");
    expect(code(() => optimizer.step())).toBe("ERR_DISPOSED");
    expect([...values.data, other.item()]).toEqual(before);
    weight.grad = bias.grad = null;
    optimizer.step();
    values.dispose();
    expect(code(() => weight.data)).toBe("ERR_DISPOSED");
    expect(String(bias)).toContain("disposed");
    expect(code(() => optimizer.step())).toBe("ERR_DISPOSED");
    values.dispose();
  });

  test("of a view frees nothing and leaves others alone", () => {
    const { values, weight, bias } = flatModel();
    const inner = weight.view(1, [2]);
    weight.dispose();
    expect(code(() => weight.data)).toBe("ERR_DISPOSED");
    expect([inner.length, bias.length, values.length]).toEqual([inner, bias, values].map(({ data }) => data.length));
    const fresh = Tensor.from(new Float32Array(10).fill(5));
    expect(values.data).not.toContain(5);
    fresh.dispose();
  });
});

describe("training over views", () => {
  test("is training over tensors of their own, bit for bit", () => {
    const { values, grads, weight, bias } = flatModel();
    const twins = [weight, bias].map(({ data, shape }) => Parameter.from(data, { shape: [...shape] }));
    const [flat, apart] = [new Adam([weight, bias]), new Adam(twins)];
    for (let step = 0; step < 5; step++) {
      const grad = Float32Array.from(normals(5, step, 10));
      grads.set(grad);
      flat.step();
      for (const [i, part] of [grad.slice(0, 6), grad.slice(6)].entries()) (twins[i] as Parameter).grad = part;
      apart.step();
    }
    for (const [i, parameter] of [weight, bias].entries()) {
      expectSameBits(parameter.data, (twins[i] as Parameter).data, parameter.toString());
    }
    expect([...values.data]).toEqual([...weight.data, ...bias.data]);
  });
});

describe("what overlaps is refused:", () => {
  const overlapping = (flat: Tensor) => [Parameter.view(flat, 0, [4]), Parameter.view(flat, 3, [4])] as const;

  test("two parameters in a group, in two groups, and in a group that is added", () => {
    const [one, other] = overlapping(Tensor.zeros([8]));
    const between = Parameter.from([1]);
    expect(code(() => new Adam([other, between, one]))).toBe("ERR_ALIAS");
    expect(code(() => new Adam([{ params: [one] }, { params: [between, other] }]))).toBe("ERR_ALIAS");
    const optimizer = new Adam([between, one]);
    expect(code(() => optimizer.addParamGroup({ params: other }))).toBe("ERR_ALIAS");
    expect(optimizer.paramGroups).toHaveLength(1);
    between.grad = [1];
    optimizer.step();
    one.dispose();
    optimizer.addParamGroup({ params: other });
  });

  test("a tensor and a view of it", () => {
    const flat = Parameter.zeros([8]);
    expect(code(() => new SGD([flat, Parameter.view(flat, 7, [1])]))).toBe("ERR_ALIAS");
    new SGD([flat, Parameter.view(flat, 8, [0])]).dispose();
  });

  test("neighbours do not overlap, in any order", () => {
    const flat = Tensor.zeros([64]);
    const views = Array.from({ length: 32 }, (_, i) => Parameter.view(flat, 2 * ((i * 13) % 32), [2]));
    expect(new Adam(views).paramGroups[0]?.params).toHaveLength(32);
  });

  test("a gradient and its parameter, or another parameter of the optimizer", () => {
    const { values, weight, bias } = flatModel();
    const optimizer = new Adam([weight, bias]);
    optimizer.step();
    expect(
      code(() => {
        weight.grad = values.view(5, [2, 3].slice().reverse());
      }),
    ).toBe("ERR_SHAPE");
    expect(
      code(() => {
        bias.grad = values.view(5, [4]);
      }),
    ).toBe("ERR_ALIAS");
    const grad = bias.grad;
    bias.grad = values.view(1, [4]);
    const before = [...values.data];
    expect(code(() => optimizer.step())).toBe("ERR_ALIAS");
    expect(code(() => optimizer.step())).toBe("ERR_ALIAS");
    expect([...values.data]).toEqual(before);
    bias.grad = grad;
    optimizer.step();
  });

  test("but not a gradient without elements, wherever it is", () => {
    const [flat, empty] = [Parameter.zeros([4]), Parameter.zeros([0])];
    empty.grad = flat.view(2, [0]);
    new Adam([flat, empty]).step();
  });

  test("a gradient that was stepped with, and a parameter that is added afterwards", () => {
    const flat = Tensor.from([1, 1, 2, 2]);
    const [first, second] = [Parameter.zeros([2]), Parameter.view(flat, 1, [2])];
    first.grad = flat.view(0, [2]);
    const optimizer = new Adam([first]);
    optimizer.step();
    optimizer.addParamGroup({ params: second });
    second.grad = [1, 1];
    const before = [...first.data];
    expect(code(() => optimizer.step())).toBe("ERR_ALIAS");
    expect([...flat.data, ...first.data]).toEqual([1, 1, 2, 2, ...before]);
    first.grad = [1, 1];
    optimizer.step();
  });

  test("optimizer state as a gradient or a parameter, also in part; views of other tensors are welcome", () => {
    const parameter = Parameter.from([1, 2]);
    parameter.grad = [1, 1];
    const optimizer = new Adam([parameter]);
    optimizer.step();
    const { expAvg } = optimizer.state.get(parameter) as { expAvg: Tensor };
    for (const state of [expAvg, expAvg.view(0, [2])]) {
      expect(
        code(() => {
          parameter.grad = state;
        }),
      ).toBe("ERR_ALIAS");
      expect(code(() => Parameter.view(state, 0, [2]))).toBe("ERR_ALIAS");
    }
    const part = expAvg.view(1, [1]);
    expect(part.item()).toBe(expAvg.data[1]);
    optimizer.dispose();
    expect(code(() => part.item())).toBe("ERR_DISPOSED");
    parameter.grad = Tensor.zeros([3]).view(1, [2]);
  });
});
