/** One command or script of a pipeline. */
export type Step =
  | {
      command: string;
      /** The key first. */
      args: (string | number)[];
      /** Done when all before it are answered, and before any behind it begins, also where keys are on several servers. */
      apart?: true;
    }
  | { script: ScriptName; keys: string[]; args: (string | number)[] };

/** Atomic steps: one Lua file each, in `scripts/`, whose head says what it takes and answers. */
export const scriptNames = [
  'enqueue',
  'once',
  'attach',
  'append-broadcast',
  'mark-black',
  'unmark-black',
  'detach',
  'ack',
  'pull',
  'renew-lease',
  'release-lease',
  'finish-replay',
  'reserve',
  'settle',
  'release',
  'count-rate',
  'take-quota',
  'return-quota',
] as const;
export type ScriptName = (typeof scriptNames)[number];

/** What the nouns of this service need of Redis. */
export interface Store {
  /**
   * Runs the steps and answers each one's reply: in order on one connection, or, in a Cluster, in order on each master; the
   * order between masters is kept for steps that stand `apart`.
   *
   * @throws LongwireError `unavailable` if Redis can't be reached or broke off: any of the steps may have been done.
   */
  run(steps: Step[]): Promise<unknown[]>;
  /** Whether all keys are on one server, so that a step may have keys that share no hash tag. */
  readonly colocated: boolean;
  /** Name of the Redis processes that hold the data: changes when one restarts or another takes over. */
  runId(): string;
}

export function command(name: string, ...args: (string | number)[]): Step {
  return { command: name, args };
}

export function script(name: ScriptName, keys: string[], ...args: (string | number)[]): Step {
  return { script: name, keys, args };
}
