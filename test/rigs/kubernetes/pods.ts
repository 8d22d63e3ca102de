import { componentLabel } from '../../../scripts/kubernetes/render.ts';
import type { Kubectl } from './kubectl.ts';

/** One pod of a role, under a name that stays: whoever takes the place of `cm-1` is `cm-1`. */
export interface Pod {
  role: string;
  instance: string;
  /** The pod's own. */
  name: string;
  /** Grows with each pod seen, so that two are never taken for one. */
  number: number;
}

interface Seen {
  metadata: {
    name: string;
    uid: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
    deletionTimestamp?: string;
  };
}

/** Who waits for a pod asks often, and each answer costs a process. */
const keptMs = 250;

/** Gives pods that come and go the instance names that tests use. Those that are being deleted count as gone. */
export class Pods {
  readonly #kubectl: Pick<Kubectl, 'runSync'>;
  readonly #namespace: string;
  /** Uids by role: the first is instance 1. */
  readonly #places = new Map<string, string[]>();
  readonly #numbers = new Map<string, number>();
  #kept: { items: Seen[]; untilMs: number } | undefined;

  constructor(kubectl: Pick<Kubectl, 'runSync'>, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
  }

  /** Those that there are at this moment, or were a quarter of a second ago. */
  now(roles: readonly string[]): Pod[] {
    if (this.#kept === undefined || performance.now() > this.#kept.untilMs) {
      const args = ['-n', this.#namespace, 'get', 'pods', '-o', 'json'];
      const { items } = JSON.parse(this.#kubectl.runSync(args)) as { items: Seen[] };
      this.#kept = { items, untilMs: performance.now() + keptMs };
    }
    const { items } = this.#kept;
    return roles.flatMap((role) => this.#placed(role, items));
  }

  /** Something was done to them: the next answer is a new one. */
  changed(): void {
    this.#kept = undefined;
  }

  #placed(role: string, items: Seen[]): Pod[] {
    const there = items
      .filter(({ metadata }) => metadata.labels?.[componentLabel] === role && !metadata.deletionTimestamp)
      .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
    const byUid = new Map(there.map((pod) => [pod.metadata.uid, pod.metadata.name]));
    const places = this.#places.get(role) ?? [];
    this.#places.set(role, places);
    const fresh = [...byUid.keys()].filter((uid) => !places.includes(uid));
    for (const [index, uid] of places.entries()) {
      const next = byUid.has(uid) ? uid : fresh.shift();
      if (next !== undefined) places[index] = next;
    }
    places.push(...fresh);
    return places.flatMap((uid, index) => {
      const name = byUid.get(uid);
      if (name === undefined) return [];
      if (!this.#numbers.has(uid)) this.#numbers.set(uid, this.#numbers.size + 1);
      return [{ role, instance: `${role}-${index + 1}`, name, number: this.#numbers.get(uid)! }];
    });
  }
}
