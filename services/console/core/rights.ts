import { type Right, type RightName, rightNames } from '../../common/protocol/operator-calls.ts';
import type { Needs } from '../calls/endpoint.ts';

/** What an operator may do. An app that one has no right for is as one that isn't there. */
export class Rights {
  readonly #all: number;
  readonly #ofApp: ReadonlyMap<string, number>;

  constructor(rights: readonly Right[]) {
    const highest = (some: Right[]): number => Math.max(-1, ...some.map(({ right }) => rightNames.indexOf(right)));
    this.#all = highest(rights.filter(({ app }) => app === '*'));
    const apps = new Set(rights.map(({ app }) => app).filter((app) => app !== '*'));
    this.#ofApp = new Map([...apps].map((app) => [app, highest(rights.filter((one) => one.app === app))]));
  }

  /** Whether there is this right, or a greater one, of an app. */
  has(right: RightName, app: string): boolean {
    return Math.max(this.#all, this.#ofApp.get(app) ?? -1) >= rightNames.indexOf(right);
  }

  hasOfAll(right: RightName): boolean {
    return this.#all >= rightNames.indexOf(right);
  }

  /** Any right at all. */
  get any(): boolean {
    return this.#all >= 0 || this.#ofApp.size > 0;
  }

  /** The apps that may be seen; null: all. */
  get apps(): readonly string[] | null {
    return this.#all >= 0 ? null : [...this.#ofApp.keys()].sort();
  }
}

export type Verdict = 'allowed' | 'forbidden' | 'hidden';

/** Whether rights suffice for a call. @param app the one in its path */
export function judge(rights: Rights, needs: Needs, app: string | undefined): Verdict {
  switch (needs) {
    case 'nothing':
    case 'session':
      return 'allowed';
    case 'any':
      return rights.any ? 'allowed' : 'forbidden';
    case 'admin of all':
      return rights.hasOfAll('admin') ? 'allowed' : 'forbidden';
    case 'viewer':
    case 'sender':
    case 'admin':
      if (app === undefined || !rights.has('viewer', app)) return 'hidden';
      return rights.has(needs, app) ? 'allowed' : 'forbidden';
  }
}
