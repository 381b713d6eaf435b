/** The form: which fields a rule has, and what is in them. */

import type { Settings } from "./messages.js";
import { element } from "./page.js";

const form = element<HTMLFormElement>("settings");
const field = <T extends HTMLElement>(name: string) => form.elements.namedItem(name) as unknown as T;
const rule = field<HTMLSelectElement>("optimizer");
const lr = field<HTMLInputElement>("lr");
const number = (name: string) => field<HTMLInputElement>(name).valueAsNumber;

/** What is set; a field without a number is NaN, which optimizers refuse. */
export const readSettings = (): Settings => ({
  optimizer: rule.value,
  lr: lr.valueAsNumber,
  beta1: number("beta1"),
  beta2: number("beta2"),
  momentum: number("momentum"),
});

/** Shows settings that come from elsewhere. */
export function writeSettings(settings: Settings) {
  rule.value = settings.optimizer;
  for (const name of ["lr", "beta1", "beta2", "momentum"] as const) {
    field<HTMLInputElement>(name).valueAsNumber = settings[name];
  }
  showFields();
}

function showFields() {
  for (const label of form.querySelectorAll<HTMLLabelElement>("label[data-for]")) {
    label.hidden = (label.dataset.for === "sgd") !== (rule.value === "sgd");
  }
}

/** Calls at every change, also of a rule, which brings the learning rate that suits it. */
export function onSettings(change: (settings: Settings) => void) {
  rule.addEventListener("change", () => {
    lr.value = rule.selectedOptions[0].dataset.lr ?? lr.value;
    showFields();
  });
  form.addEventListener("change", () => change(readSettings()));
}
