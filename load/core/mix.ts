import { OptionError } from './option-error.ts';
import type { Random } from './random.ts';

/** One device; many messages in a call; a saved message to many devices; devices with a tag; all devices. */
export const kinds = ['single', 'batch', 'list', 'tag', 'all'] as const;
export type Kind = (typeof kinds)[number];

/** Pushes whose devices the server looks up. */
export const fanOutKinds: readonly Kind[] = ['tag', 'all'];

/** Of each kind its weight; they need not add up to anything. At least one is above 0. */
export type Mix = Record<Kind, number>;

const allowed = `allowed is kind=weight, commas between them, with a kind of ${kinds.join(', ')} and a weight of 0 or more`;

/** @param text `single=70,all=5`; a kind that isn't named has weight 0. @throws OptionError */
export function parseMix(text: string): Mix {
  const mix: Mix = { single: 0, batch: 0, list: 0, tag: 0, all: 0 };
  const named = new Set<string>();
  for (const part of text.split(',')) {
    const [name = '', weight = '', ...rest] = part.trim().split('=');
    const kind = kinds.find((one) => one === name);
    if (!kind) throw new OptionError(`--mix ${text}: "${name}" is no kind of push; ${allowed}`);
    if (!/^\d+(\.\d+)?$/.test(weight) || rest.length > 0) {
      throw new OptionError(`--mix ${text}: the weight of ${kind} is "${weight}"; ${allowed}`);
    }
    if (named.has(kind)) throw new OptionError(`--mix ${text}: ${kind} is there twice; ${allowed}`);
    named.add(kind);
    mix[kind] = Number(weight);
  }
  if (kinds.every((kind) => mix[kind] === 0)) throw new OptionError(`--mix ${text}: every weight is 0; ${allowed}`);
  return mix;
}

/** A kind, each as often as its weight says. */
export function pickKind(mix: Mix, random: Random): Kind {
  const present = kinds.filter((kind) => mix[kind] > 0);
  let left = random() * present.reduce((sum, kind) => sum + mix[kind], 0);
  for (const kind of present) {
    left -= mix[kind];
    if (left < 0) return kind;
  }
  return present.at(-1)!;
}

/** `{single: 0, batch: 0, …}` of whatever `make` makes. */
export function byKind<Value>(make: (kind: Kind) => Value): Record<Kind, Value> {
  return { single: make('single'), batch: make('batch'), list: make('list'), tag: make('tag'), all: make('all') };
}
