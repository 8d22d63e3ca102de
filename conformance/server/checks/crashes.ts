import { setTimeout as sleep } from 'node:timers/promises';
import { Broken, expect } from '../../check.ts';
import type { Online, ServerChecks, ServerContext } from '../context.ts';
import { textOf } from '../device.ts';
import { recovered } from './operator.ts';

/** None of these carries a push. */
const apart = ['console', 'agent'];
/** Accepted for each process that is killed, at the least. */
const least = 10;
const betweenMs = 40;
const arriveMs = 30_000;

export const crashChecks: ServerChecks = {
  D65: {
    alone: true,
    limitMs: 10 * 60_000,
    async run(context) {
      const { operator } = context;
      const follower = new Follower(context, await context.online());
      for (const victim of operator.processes().filter(({ role }) => !apart.includes(role))) {
        operator.signal(victim, 'SIGKILL');
        const back = operator.back(victim).then(() => true);
        // Looked at below.
        back.catch(() => {});
        const accepted: string[] = [];
        for (let over = false, number = 0; !over || accepted.length < least; number++) {
          const text = `${context.tag} while ${victim.instance} ${number}`;
          if (await isAccepted(context, follower.cid, text)) accepted.push(text);
          await follower.look();
          over = await Promise.race([back, sleep(betweenMs, false)]);
        }
        await recovered(context);
        const lost = await follower.lackOf(accepted);
        const seen = `${lost.length} of ${accepted.length} pushes that were accepted while ${victim.instance} was killed`;
        expect(lost.length === 0, `${seen} did not arrive, as "${lost[0]}"`);
      }
    },
  },
};

/** Whether the API took it; it may have arrived all the same where not. */
function isAccepted({ upstream }: ServerContext, cid: string, text: string): Promise<boolean> {
  return upstream.push(cid, text).then(
    () => true,
    () => false,
  );
}

/** A device as an SDK has it: it comes back, says what it has finished, and acknowledges what comes. */
class Follower {
  readonly cid: string;
  #context: ServerContext;
  #online: Online;
  #seq = 0;
  #texts = new Set<string>();

  constructor(context: ServerContext, online: Online) {
    this.#context = context;
    this.#online = online;
    this.cid = online.cid;
  }

  /** Waits for these texts. @returns those that have not come */
  async lackOf(texts: string[]): Promise<string[]> {
    const end = performance.now() + arriveMs;
    for (;;) {
      await this.look();
      const lacking = texts.filter((text) => !this.#texts.has(text));
      if (lacking.length === 0 || performance.now() > end) return lacking;
      await sleep(betweenMs);
    }
  }

  /** Takes what has come; connects again where the connection has ended. */
  async look(): Promise<void> {
    const { device } = this.#online;
    const before = this.#seq;
    for (const push of device.pushes(this.#context.tag)) {
      this.#texts.add(textOf(push));
      this.#seq = Math.max(this.#seq, push.seq ?? 0);
    }
    if (!device.isOpen) await this.#again();
    else if (this.#seq > before) device.send({ t: 'ack', seq: this.#seq });
  }

  async #again(): Promise<void> {
    try {
      this.#online = await this.#context.again(this.#online, { seq: this.#seq });
    } catch (error) {
      // The next look tries again.
      if (!(error instanceof Broken)) throw error;
    }
  }
}
