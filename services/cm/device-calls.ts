import { Compile } from 'typebox/compile';
import { LongwireError } from '../common/errors.ts';
import type { Logger } from '../common/log.ts';
import type { ServerFrames } from '../common/protocol/device-frames.ts';
import { RestAlias } from '../common/protocol/rest/fields.ts';
import { tagFault } from '../common/tag-rules.ts';
import type { CallFrame } from './core/call-queue.ts';
import type { Who } from './core/phase.ts';
import { readSubscription } from './core/subscription.ts';
import type { KeptOfDevices } from './ports.ts';

type Answer = ServerFrames['ok'] | ServerFrames['error'];

/** Calls of all connections under way at the most; one more is answered `unavailable`. */
const maxUnderWay = 1_000;

const aliasRule = Compile(RestAlias);
const faults = {
  bad: 'is empty, or has a space or a control character',
  tooLong: 'is too long',
  tooMany: 'has too many tags',
} as const;

/** What devices ask to have kept: their alias and their tags, by the same rules as upstreams, and their channels. */
export class DeviceCalls {
  #kept: KeptOfDevices;
  #log: Logger;
  #underWay = 0;

  constructor(kept: KeptOfDevices, log: Logger) {
    this.#kept = kept;
    this.#log = log;
  }

  /** Does what the frame says and answers it. Never rejects. */
  async answer(who: Who, frame: CallFrame): Promise<Answer> {
    const { rid } = frame;
    const error = (code: ServerFrames['error']['code'], message: string): Answer => ({
      ...{ t: 'error', code, message, rid },
    });
    const read = readCall(who, frame);
    if ('fault' in read) return error('bad_frame', read.fault);
    if (this.#underWay >= maxUnderWay) return error('unavailable', 'try again later');
    this.#underWay++;
    try {
      await read.keep(this.#kept);
      return { t: 'ok', rid };
    } catch (thrown) {
      const { code, retryable } = thrown instanceof LongwireError ? thrown : { code: 'internal', retryable: false };
      if (code === 'conflict') return error('forbidden', 'alias: has as many devices as it may');
      if (code === 'not_found') return error('forbidden', 'the device is not registered');
      this.#log[retryable ? 'debug' : 'error']({ err: thrown }, 'a call of a device failed');
      return error('unavailable', 'try again later');
    } finally {
      this.#underWay--;
    }
  }
}

type ReadCall = { fault: string } | { keep: (kept: KeptOfDevices) => Promise<unknown> };

/** What a frame asks for, or the fault in it. */
function readCall({ app, cid }: Who, frame: CallFrame): ReadCall {
  switch (frame.t) {
    case 'alias': {
      const { alias, op } = frame;
      const fault = faultOfAlias(alias);
      if (fault !== undefined) return { fault };
      const request = { app, list: [{ cid, alias }] };
      return { keep: (kept) => (op === 'bind' ? kept.bindAliases(request) : kept.unbindAliases(request)) };
    }
    case 'tags': {
      const fault = faultOfTags(frame.set);
      if (fault !== undefined) return { fault };
      return { keep: (kept) => kept.setTags({ app, cid, tags: [...new Set(frame.set)] }) };
    }
    case 'channel': {
      const { kind, subscription: given } = frame;
      const read = given === null ? { ok: true as const, subscription: null } : readSubscription(kind, given);
      if (!read.ok) return { fault: read.fault };
      return { keep: (kept) => kept.setChannel({ app, cid, kind, subscription: read.subscription }) };
    }
  }
}

function faultOfAlias(alias: string): string | undefined {
  if (aliasRule.Check(alias)) return undefined;
  return 'alias: must be 1 to 39 letters, digits, _ and Chinese characters';
}

function faultOfTags(set: string[]): string | undefined {
  const fault = tagFault(set);
  return fault && `set${fault.index === undefined ? '' : `.${fault.index}`}: ${faults[fault.is]}`;
}
