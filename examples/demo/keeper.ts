/** The training as a file: kept in this browser from one visit to the next, or in the user's hands. */

import { load, type Place } from "adam-wasm/checkpoint";
import { database, download, privateFolder } from "adam-wasm/checkpoint/browser";
import { element } from "./page.js";

const NAME = "digits.safetensors";
const FOLDER = "adam-wasm-digits";

/** Who trains: `save` makes it give a checkpoint to {@link Keeper.take}, `resume` makes it go on from one. */
interface Training {
  readonly save: () => void;
  readonly resume: (checkpoint: Uint8Array) => void;
}

type Use = (epoch: number, checkpoint: Uint8Array<ArrayBuffer>) => void;

const button = (id: string) => element<HTMLButtonElement>(id);

export class Keeper {
  readonly #training: Training;
  readonly #place = findPlace();
  /** What is to be done with the checkpoints that were asked for. */
  readonly #uses: Use[] = [];

  constructor(training: Training) {
    this.#training = training;
    const file = element<HTMLInputElement>("file");
    const acts = {
      save: () => this.#ask((epoch, checkpoint) => this.#keep(epoch, checkpoint)),
      resume: () => this.#goOn(),
      download: () => this.#ask((_, checkpoint) => download(NAME, load(checkpoint))),
      open: () => file.click(),
    };
    for (const [id, act] of Object.entries(acts)) button(id).addEventListener("click", act);
    for (const id of ["download", "open"]) button(id).disabled = false;
    file.addEventListener("change", async () => {
      const [chosen] = file.files ?? [];
      try {
        if (chosen !== undefined) training.resume(new Uint8Array(await chosen.arrayBuffer()));
      } catch (error) {
        this.say(`The file cannot be read: ${(error as Error).message}`);
      }
      // The same file may be chosen again.
      file.value = "";
    });
    this.#look();
  }

  /** Takes a checkpoint that was asked for. */
  take(...kept: Parameters<Use>) {
    this.#uses.shift()?.(...kept);
  }

  /** Gives up one that was asked for. */
  drop(message: string) {
    this.#uses.shift();
    this.say(`It was not saved: ${message}`);
  }

  /** Says how a training was kept or resumed, or why not. */
  say(text: string) {
    element("kept").textContent = text;
  }

  #ask(use: Use) {
    this.#uses.push(use);
    this.#training.save();
  }

  async #look() {
    const place = await this.#place;
    button("save").disabled = place === null;
    button("resume").disabled = !place?.names.includes(NAME);
    if (place === null) this.say("This browser keeps nothing: download the training instead.");
    else this.say(`There is ${place.names.includes(NAME) ? "a" : "no"} training in ${place.title}.`);
  }

  async #keep(...[epoch, checkpoint]: Parameters<Use>) {
    const place = await this.#place;
    try {
      await place?.write(NAME, checkpoint);
      button("resume").disabled = false;
      this.say(`Saved after epoch ${epoch} in ${place?.title}.`);
    } catch (error) {
      this.say(`It was not saved: ${(error as Error).message}`);
    }
  }

  async #goOn() {
    const place = await this.#place;
    try {
      const checkpoint = await place?.read(NAME);
      if (checkpoint !== undefined) this.#training.resume(checkpoint);
      else this.say(`The training in ${place?.title} is gone.`);
    } catch (error) {
      this.say(`The training cannot be read: ${(error as Error).message}`);
    }
  }
}

/** The first place that bytes can be written to, and what is there; private windows and old browsers refuse some, or all. */
async function findPlace() {
  const places: [title: string, place: Place][] = [
    ["this browser", privateFolder(FOLDER)],
    ["this browser's database, as it has no private files", database(FOLDER)],
  ];
  for (const [title, place] of places) {
    try {
      await place.write("trial", new Uint8Array(1));
      await place.remove("trial");
      return { ...place, title, names: await place.list() };
    } catch {
      // The next one.
    }
  }
  return null;
}
