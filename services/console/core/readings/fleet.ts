import { type InstanceRole, instanceRoles } from '../../calls/overview.ts';
import { type PageLook, type Seen, seenAgain, unseen } from './instance.ts';
import type { Target } from './target.ts';
import type { Instance } from './totals.ts';

/** Instances that are looked at, at the most; of more the first ones. */
export const maxInstances = 200;
/** How long one that nobody lists any more is still shown, as gone. */
const keptMs = 60_000;

interface Member {
  role: InstanceRole;
  name: string;
  url: string;
  seen: Seen;
  /** ms since the epoch: when it was listed last. */
  listedAt: number;
}

export interface Looked {
  target: Target;
  look: PageLook;
  /** On a clock that never goes back. */
  beganMs: number;
  endedMs: number;
}

/** All instances as they were seen. */
export class Fleet {
  #members = new Map<string, Member>();
  #unread = 0;

  /** Which of those that are listed are to be looked at. */
  choose(targets: Target[]): Target[] {
    this.#unread = Math.max(0, targets.length - maxInstances);
    return targets.slice(0, maxInstances);
  }

  /** Takes what a round of looks has found. @param now ms since the epoch */
  take(looks: Looked[], now: number): void {
    for (const { target, look, beganMs, endedMs } of looks) {
      const before = this.#members.get(target.url);
      const seen = seenAgain(before?.seen ?? unseen, look, beganMs, endedMs, now);
      const said = look.kind === 'answered' ? look.reading : undefined;
      const role = instanceRoles.find((one) => one === said?.role) ?? before?.role ?? target.role;
      const name = said?.instance ?? before?.name ?? target.name ?? new URL(target.url).host;
      this.#members.set(target.url, { role, name, url: target.url, seen, listedAt: now });
    }
    const looked = new Set(looks.map(({ target }) => target.url));
    for (const [url, member] of this.#members) {
      if (looked.has(url)) continue;
      if (now - member.listedAt > keptMs) this.#members.delete(url);
      else member.seen = seenAgain(member.seen, { kind: 'refused' }, 0, 0, now);
    }
  }

  get unread(): number {
    return this.#unread;
  }

  /** Each instance once: where two places have its name, the one that answers. */
  instances(): Instance[] {
    const found = new Map<string, Member>();
    for (const member of this.#members.values()) {
      const key = `${member.role} ${member.name}`;
      const before = found.get(key);
      if (!before || (!before.seen.answers && (member.seen.answers || member.listedAt > before.listedAt))) {
        found.set(key, member);
      }
    }
    return [...found.values()].map(({ role, name, seen }) => ({ role, name, seen }));
  }

  /** Where the instances of a role are that answer. */
  urlsOf(role: InstanceRole): string[] {
    return [...this.#members.values()].filter((one) => one.role === role && one.seen.answers).map(({ url }) => url);
  }

  /** Where an instance that answers is. */
  urlOf(role: InstanceRole, name: string): string | undefined {
    const all = [...this.#members.values()].filter((one) => one.role === role && one.name === name);
    return (all.find(({ seen }) => seen.answers) ?? all.find(({ seen }) => seen.state !== 'gone'))?.url;
  }
}
