import { describe, expect, it } from 'vitest';
import { Delivery, type DeliveryPorts } from './delivery.ts';
import type { Push } from './frames.ts';
import { StateStore } from './state-store.ts';
import { pushFrame, storedDevice, TestStorage } from './testing/device-rig.ts';
import { ManualClock, seededRandom, settled } from './testing/manual-clock.ts';
import { defaultTuning } from './tuning.ts';
import { Waits } from './waits.ts';

const { cid } = storedDevice;

function pushOf(id: string, position: { seq?: number; bseq?: number }): Push {
  const { t: _, ...push } = pushFrame(id, position);
  return push as Push;
}

async function deliveryRig(parts: Partial<DeliveryPorts> = {}) {
  const storage = new TestStorage(storedDevice);
  const finished: string[] = [];
  const tuning = { ...defaultTuning, maxInbox: 4 };
  const waits = new Waits({ clock: new ManualClock(), tuning, random: seededRandom(3) });
  const shared = { appId: 'app', waits, tuning, onError: () => {} };
  const store = new StateStore({ ...shared, storage });
  await store.load();
  const delivery = new Delivery({
    ...shared,
    store,
    onPush: () => {},
    onFinished: (_, { id }) => finished.push(id),
    onCid: () => {},
    ...parts,
  });
  return { delivery, storage, finished };
}

describe('delivery', () => {
  it('takes what waits already only once, so that reconnects do not fill the inbox', async () => {
    let calls = 0;
    const { delivery } = await deliveryRig({
      onPush: () => {
        calls++;
        return new Promise(() => {});
      },
    });
    for (let connection = 0; connection < 10; connection++) {
      for (const seq of [11, 12, 13, 14]) {
        expect(delivery.push({ cid, push: pushOf(`m${seq}`, { seq }) })).toBe(true);
      }
      await settled();
    }
    expect(calls).toBe(1);
  });

  it('has a bound for pushes, above which an identity and a cursor still fit', async () => {
    let release = (): void => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { delivery, storage } = await deliveryRig({ onPush: () => hold });
    delivery.push({ cid, push: pushOf('in hand', { seq: 11 }) });
    await settled();
    for (let seq = 12; seq <= 15; seq++) {
      expect(delivery.push({ cid, push: pushOf(`m${seq}`, { seq }) })).toBe(true);
    }
    expect(delivery.push({ cid, push: pushOf('m16', { seq: 16 }) })).toBe(false);
    delivery.identity({ cid: 'other', token: 't' });
    delivery.cursor({ cid: 'other', bseq: 7 });
    release();
    await delivery.idle();
    expect(storage.kept).toMatchObject({ cid: 'other', bseq: 7 });
  });

  it('never takes the position of another identity for its own', async () => {
    const { delivery, storage, finished } = await deliveryRig();
    delivery.push({ cid: 'another', push: pushOf('far', { seq: 900 }) });
    delivery.cursor({ cid: 'another', bseq: 900 });
    delivery.push({ cid, push: pushOf('own', { seq: 11 }) });
    await delivery.idle();
    expect(storage.kept).toEqual({ ...storedDevice, seq: 11, ids: ['far', 'own'] });
    expect(finished).toEqual(['own']);
  });

  it('neither keeps nor reports a position that the server has taken back while the app had the message', async () => {
    let release = (): void => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { delivery, storage, finished } = await deliveryRig({ onPush: () => hold });
    delivery.push({ cid, push: pushOf('old', { seq: 50 }) });
    delivery.push({ cid, push: pushOf('broadcast', { bseq: 6 }) });
    await settled();
    delivery.forget({ cid, field: 'seq' });
    delivery.push({ cid, push: pushOf('new', { seq: 3 }) });
    release();
    await delivery.idle();
    expect(finished).toEqual(['broadcast', 'new']);
    expect(storage.saved.map(({ seq }) => seq)).not.toContain(50);
    expect(storage.kept).toMatchObject({ seq: 3, bseq: 6, ids: ['old', 'broadcast', 'new'] });
  });
});
