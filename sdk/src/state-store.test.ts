import { describe, expect, it } from 'vitest';
import type { DeviceState } from './core/device-state.ts';
import { StateStore } from './state-store.ts';
import { storedDevice, TestStorage } from './testing/device-rig.ts';
import { ManualClock, seededRandom, settled } from './testing/manual-clock.ts';
import { defaultTuning } from './tuning.ts';
import { Waits } from './waits.ts';

function storeOn(storage: {
  load(): DeviceState | undefined | Promise<DeviceState>;
  save(state: DeviceState): void | Promise<void>;
}) {
  const clock = new ManualClock();
  const waits = new Waits({ clock, tuning: defaultTuning, random: seededRandom(1) });
  const errors: string[] = [];
  const store = new StateStore({
    ...{ appId: 'app', storage, waits, tuning: defaultTuning },
    onError: ({ code }) => errors.push(code),
  });
  return { clock, waits, errors, store };
}

const event = (id: string) => ({ task: 't', id, action: 'shown', at: 1 });

describe('the state of a device', () => {
  it('is not saved over what is stored before that is loaded, and both are kept', async () => {
    const storage = new TestStorage({ ...storedDevice, events: [event('old')] });
    const { store } = storeOn(storage);
    store.change((state) => ({ ...state, events: [event('early'), event('old')] }));
    expect(storage.saved).toEqual([]);
    await store.load();
    await store.saved();
    expect(storage.kept).toEqual({ ...storedDevice, events: [event('old'), event('early')] });
  });

  it('told before it is loaded is not said to be lost, but waited for until it is saved', async () => {
    let answer = (_: DeviceState): void => {};
    const saved: DeviceState[] = [];
    const { store } = storeOn({
      load: () => new Promise<DeviceState>((resolve) => (answer = resolve)),
      save: (state) => void saved.push(state),
    });
    void store.load();
    store.change((state) => ({ ...state, events: [event('early')] }));
    const asked = store.saved();
    await settled();
    answer(storedDevice);
    expect(await asked).toBe(true);
    expect(saved).toEqual([{ ...storedDevice, events: [event('early')] }]);
  });

  it('has one save at a time, and all changes meanwhile in the next', async () => {
    const ends: (() => void)[] = [];
    const seen: number[] = [];
    const { store } = storeOn({
      load: () => storedDevice,
      save: ({ seq }) => {
        seen.push(seq);
        return new Promise((resolve) => ends.push(resolve));
      },
    });
    await store.load();
    for (let seq = 11; seq <= 15; seq++) store.change((state) => ({ ...state, seq }));
    expect(seen).toEqual([11]);
    expect(store.stored?.seq).toBe(10);
    let saved = false;
    void store.saved().then(() => {
      saved = true;
    });
    ends[0]!();
    await settled();
    expect([seen, store.stored?.seq, saved]).toEqual([[11, 15], 11, false]);
    ends[1]!();
    await settled();
    expect([store.stored?.seq, saved]).toEqual([15, true]);
  });

  it('says that it is not saved where the device is stopped while the storage fails, and tries once more for what comes then', async () => {
    const storage = new TestStorage(storedDevice);
    const { clock, store, waits, errors } = storeOn(storage);
    await store.load();
    storage.broken = true;
    store.change((state) => ({ ...state, seq: 11 }));
    const saved = store.saved();
    waits.stop();
    await clock.advance(60_000);
    expect(await saved).toBe(false);
    expect(errors).toEqual(['storage_failed']);
    storage.broken = false;
    store.change((state) => ({ ...state, events: [event('late')] }));
    expect(await store.saved()).toBe(true);
    expect(storage.kept).toMatchObject({ seq: 11, events: [event('late')] });
  });

  it('takes from another page of the same device whatever is further, and from another device all', async () => {
    const storage = new TestStorage({ ...storedDevice, seq: 10, bseq: 5, ids: ['a'] });
    const { store } = storeOn(storage);
    await store.load();
    store.change((state) => ({ ...state, seq: 12, ids: ['a', 'b'] }));
    await store.saved();
    storage.kept = { ...storedDevice, seq: 11, bseq: 9, ids: ['a', 'c'] };
    await store.load();
    expect(store.current).toMatchObject({ seq: 12, bseq: 9, ids: ['a', 'c', 'b'] });
    storage.kept = { ...storedDevice, cid: 'e'.repeat(32), seq: 1, ids: [] };
    await store.load();
    expect(store.current).toEqual(storage.kept);
  });
});
