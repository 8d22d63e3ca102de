import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, LongwireError } from '../common/errors.ts';
import { DeviceCalls } from './device-calls.ts';
import { browserSubscription } from './testing/subscription.ts';

const who = { app: 'app', cid: 'c'.repeat(32) };
const log = pino({ level: 'silent' });

function callsOf(fault?: ErrorCode | Promise<void>) {
  const done: unknown[] = [];
  const one = async (request: unknown): Promise<Record<string, never>> => {
    if (typeof fault === 'string') throw new LongwireError(fault, 'secret words');
    await fault;
    done.push(request);
    return {};
  };
  return { calls: new DeviceCalls({ bindAliases: one, unbindAliases: one, setTags: one, setChannel: one }, log), done };
}

const bind = (alias: string, op: 'bind' | 'unbind' = 'bind') => ({ t: 'alias' as const, rid: 'r', op, alias });
const tags = (...set: string[]) => ({ t: 'tags' as const, rid: 7, set });
const channel = (subscription: Record<string, unknown> | null) => ({
  ...{ t: 'channel' as const, rid: 'c', kind: 'webpush' as const, subscription },
});

describe('calls of devices', () => {
  it('bind, unbind and set what the device says, and answer ok', async () => {
    const { calls, done } = callsOf();
    expect(await calls.answer(who, bind('用户_1'))).toEqual({ t: 'ok', rid: 'r' });
    expect(await calls.answer(who, bind('用户_1', 'unbind'))).toEqual({ t: 'ok', rid: 'r' });
    expect(await calls.answer(who, tags('a', 'b', 'a'))).toEqual({ t: 'ok', rid: 7 });
    const list = [{ cid: who.cid, alias: '用户_1' }];
    expect(done).toEqual([
      { app: who.app, list },
      { app: who.app, list },
      { ...who, tags: ['a', 'b'] },
    ]);
  });

  it('keep a subscription without what nobody reads, and drop it', async () => {
    const { calls, done } = callsOf();
    const { endpoint, keys } = browserSubscription();
    expect(await calls.answer(who, channel({ endpoint, keys, more: 1 }))).toEqual({ t: 'ok', rid: 'c' });
    expect(await calls.answer(who, channel(null))).toEqual({ t: 'ok', rid: 'c' });
    expect(done).toEqual([
      { ...who, kind: 'webpush', subscription: { endpoint, keys } },
      { ...who, kind: 'webpush', subscription: null },
    ]);
  });

  it.each([
    [bind(''), 'alias'],
    [bind('a b'), 'alias'],
    [bind('x'.repeat(40)), 'alias'],
    [tags('a', 'b c'), 'set.1'],
    [tags('x'.repeat(33)), 'set.0'],
    [channel({}), 'subscription.endpoint'],
    [tags(...Array.from({ length: 101 }, (_none, index) => `t${index}`)), 'set'],
  ])('%# are refused where they are against the rules, by the name of the field', async (frame, field) => {
    const { calls, done } = callsOf();
    const answer = await calls.answer(who, frame);
    expect(answer).toMatchObject({ t: 'error', code: 'bad_frame', rid: frame.rid });
    expect(answer).toHaveProperty('message', expect.stringMatching(new RegExp(`^${field}: `)));
    expect(done).toEqual([]);
  });

  it.each([
    ['conflict', 'forbidden'],
    ['not_found', 'forbidden'],
    ['unavailable', 'unavailable'],
    ['internal', 'unavailable'],
  ] as const)('a failure that is %s is answered %s, without what it said', async (fault, code) => {
    const answer = await callsOf(fault).calls.answer(who, bind('a'));
    expect(answer).toMatchObject({ t: 'error', code, rid: 'r' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('only so many are under way at once; the next is told to try later', async () => {
    const gate = Promise.withResolvers<void>();
    const { calls } = callsOf(gate.promise);
    const under = Array.from({ length: 1_000 }, () => calls.answer(who, tags('a')));
    expect(await calls.answer(who, tags('a'))).toMatchObject({ code: 'unavailable', rid: 7 });
    gate.resolve();
    for (const answer of await Promise.all(under)) expect(answer).toEqual({ t: 'ok', rid: 7 });
    expect(await calls.answer(who, tags('a'))).toEqual({ t: 'ok', rid: 7 });
  });
});
