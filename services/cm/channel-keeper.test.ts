import { expect, test } from 'vitest';
import type { NewRecord } from '../common/bus/bus.ts';
import { LongwireError } from '../common/errors.ts';
import { channelKeeper } from './channel-keeper.ts';

const request = { app: 'app', cid: 'c'.repeat(32), kind: 'webpush' as const };
const subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'B', auth: 'A' } };

test('what is kept is told over the bus after that, in the partition of the cid; what is dropped is not', async () => {
  const done: unknown[] = [];
  const publish = async (topic: string, records: NewRecord[]) => {
    done.push([topic, ...records.map(({ key, value }) => [key, JSON.parse(value)])]);
    return [0];
  };
  const kept = {
    setChannel: async () => {
      done.push('kept');
      return {};
    },
  };
  const setChannel = channelKeeper(kept, { publish }, 'x.channel');
  await setChannel({ ...request, subscription });
  const changed = { kind: 'changed', app: 'app', cid: request.cid };
  expect(done).toEqual(['kept', ['x.channel', [request.cid, changed]]]);
  await setChannel({ ...request, subscription: null });
  expect(done.slice(2)).toEqual(['kept']);
});

test('a bus that doesn’t take it is a failure of the call, and of none that drops a channel', async () => {
  const publish = async () => {
    throw new LongwireError('unavailable', 'the bus is away');
  };
  const setChannel = channelKeeper({ setChannel: async () => ({}) }, { publish }, 'x.channel');
  await expect(setChannel({ ...request, subscription })).rejects.toMatchObject({ code: 'unavailable' });
  expect(await setChannel({ ...request, subscription: null })).toEqual({});
});
