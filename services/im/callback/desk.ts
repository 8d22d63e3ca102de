import { LongwireError, toLongwireError } from '../../common/errors.ts';
import type { Identity } from '../../common/identity.ts';
import { type CallbackCalls, type CallbackTry, maxCallbackTries } from '../../common/protocol/callback-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { failureOf } from './failure.ts';
import type { LaneDeps } from './lane.ts';
import { bodyOf } from './lines.ts';

/** What a test is done with. */
export interface DeskTools extends Pick<LaneDeps, 'post' | 'find'> {
  identity: Pick<Identity, 'messageId'>;
}

/** Apps whose tries are remembered; past that those of the one that was tried least lately go. */
const maxApps = 1_000;
const maxError = 200;
/** No real task has such an id, and no device such a cid. */
const testTask = 'longwire_test';
const testCid = '0'.repeat(32);

/** Answers operators about callbacks: what came of the last tries, and of a test. */
export class CallbackDesk {
  readonly #now: () => number;
  readonly #tries = new Map<string, CallbackTry[]>();
  #tools: DeskTools | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** From now on tests are done. */
  open(tools: DeskTools): void {
    this.#tools = tools;
  }

  /** Remembers a try of an app. */
  note(app: string, outcome: { status: number } | { error: LongwireError }, records: number): void {
    const told = 'status' in outcome ? { status: outcome.status, error: null } : failed(outcome.error);
    const tries = [{ at: this.#now(), ...told, records }, ...(this.#tries.get(app) ?? [])];
    this.#tries.delete(app);
    this.#tries.set(app, tries.slice(0, maxCallbackTries));
    if (this.#tries.size > maxApps) this.#tries.delete(this.#tries.keys().next().value as string);
  }

  readonly handlers: Handlers<CallbackCalls> = {
    callbackTries: async ({ app }) => {
      return { tries: this.#tools ? (this.#tries.get(app) ?? []) : null };
    },

    testCallback: async ({ app: appId }) => {
      const { post, find, identity } = this.#opened();
      const app = await find(appId);
      if (app === null) throw new LongwireError('not_found', 'there is no such app');
      if (app.callbackUrl === undefined) {
        throw new LongwireError('conflict', 'the app has no callback URL', { field: 'callbackUrl' });
      }
      const msgId = identity.messageId(appId, testTask);
      const told = { task: testTask, msgId, actionId: '0', at: this.#now(), cids: [testCid] };
      const begunMs = performance.now();
      const outcome = await post(app.callbackUrl, bodyOf(app, [told], new Map())).then(
        (status) => ({ status, error: null }),
        failed,
      );
      return { ...outcome, ms: Math.round(performance.now() - begunMs) };
    },
  };

  #opened(): DeskTools {
    if (!this.#tools) throw new LongwireError('unavailable', 'callbacks do not run in this instance');
    return this.#tools;
  }
}

function failed(error: unknown): Pick<CallbackTry, 'error' | 'failure'> & { status: null } {
  return { status: null, error: toLongwireError(error).message.slice(0, maxError), failure: failureOf(error) };
}
