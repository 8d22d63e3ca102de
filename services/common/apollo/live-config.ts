import type { Static, TObject, TSchema } from 'typebox';
import type { KeyOptions } from '../config.ts';
import { type NamespaceRead, overlay } from './overlay.ts';

export type ConfigSource = 'apollo' | 'backup' | 'none';

/** What an instance says of its configuration on `/health/ready`. */
export interface ConfigState {
  source: ConfigSource;
  /** `refused`: what Apollo has now does not fit, and what was applied before goes on. */
  state: 'applied' | 'refused' | 'none';
  /** Of what is applied: release key by namespace. */
  releases: Record<string, string>;
  /** Of what was refused last. */
  refused: { releases: Record<string, string>; faults: string[] } | undefined;
  /** Keys whose new value waits for the next start. */
  pending: string[];
}

/** What became of an offered release. */
export type Outcome = { applied: true; changed: string[]; pending: string[] } | { applied: false; faults: string[] };

/** Faults of one release that are told; the rest is counted. */
const maxFaults = 20;

/**
 * A configuration of which hot keys change while the process runs. `values` is one object for the whole life of the
 * process: who reads a hot key each time it is needed has its value of then. A release is taken whole or not at all.
 */
export class LiveConfig<S extends TObject> {
  readonly values: Readonly<Static<S>>;
  readonly #values: Record<string, unknown>;
  readonly #base: Readonly<Record<string, unknown>>;
  readonly #schema: S;
  readonly #shared: ReadonlySet<string>;
  readonly #listeners: ((changed: string[]) => void)[] = [];
  /** Keys whose values are the config centre's, also those that stand here otherwise as well. */
  readonly #ofCentre = new Set<string>();
  #state: ConfigState = { source: 'none', state: 'none', releases: {}, refused: undefined, pending: [] };

  /** @param shared keys that several roles may have, and namespaces between roles hold. */
  constructor(schema: S, base: Static<S>, shared: ReadonlySet<string>) {
    this.#schema = schema;
    this.#base = base as Record<string, unknown>;
    this.#values = { ...this.#base };
    this.values = this.#values as Static<S>;
    this.#shared = shared;
  }

  get state(): Readonly<ConfigState> {
    return this.#state;
  }

  /** Whether the value of a key is the config centre's. */
  isOfCentre(key: string): boolean {
    return this.#ofCentre.has(key);
  }

  /** Called with the keys whose values have just changed. */
  onChange(listener: (changed: string[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Before anything has read a value: every key is set. */
  begin(namespaces: NamespaceRead[], source: 'apollo' | 'backup'): Outcome {
    return this.#take(namespaces, source, () => true);
  }

  /** While the process runs: hot keys are set, others wait for the next start. */
  offer(namespaces: NamespaceRead[]): Outcome {
    const properties = this.#schema.properties as Record<string, TSchema & Partial<KeyOptions>>;
    const outcome = this.#take(namespaces, 'apollo', (key) => properties[key]?.hot === true);
    if (outcome.applied && outcome.changed.length > 0) {
      for (const listener of this.#listeners) listener(outcome.changed);
    }
    return outcome;
  }

  #take(namespaces: NamespaceRead[], source: 'apollo' | 'backup', now: (key: string) => boolean): Outcome {
    const laid = overlay(this.#schema, this.#base, namespaces, this.#shared);
    const releases = Object.fromEntries(
      namespaces.flatMap(({ namespace, release }) => (release ? [[namespace, release.releaseKey]] : [])),
    );
    if (!laid.ok) {
      const faults = laid.faults.slice(0, maxFaults);
      if (faults.length < laid.faults.length) faults.push(`and ${laid.faults.length - faults.length} more`);
      this.#state = { ...this.#state, state: 'refused', refused: { releases, faults } };
      return { applied: false, faults };
    }
    const differing = Object.keys(laid.values).filter((key) => !same(laid.values[key], this.#values[key]));
    const changed = differing.filter(now);
    const pending = differing.filter((key) => !now(key));
    for (const key of changed) this.#values[key] = laid.values[key];
    this.#noteCentre(namespaces, now);
    // A backup takes the place of what was refused, which is still what Apollo has.
    const refused = source === 'backup' ? this.#state.refused : undefined;
    this.#state = { source, state: refused ? 'refused' : 'applied', releases, refused, pending };
    return { applied: true, changed, pending };
  }

  #noteCentre(namespaces: NamespaceRead[], now: (key: string) => boolean): void {
    const held = new Set(namespaces.flatMap(({ release }) => Object.keys(release?.configurations ?? {})));
    for (const key of Object.keys(this.#schema.properties)) {
      if (!now(key)) continue;
      if (held.has(key)) this.#ofCentre.add(key);
      else this.#ofCentre.delete(key);
    }
  }
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
