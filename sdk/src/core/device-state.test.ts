import { describe, expect, it } from 'vitest';
import { finish, isFinished, keptIds, newDeviceState, readDeviceState, withCursor } from './device-state.ts';

const fresh = newDeviceState('app', { cid: 'c', token: 't' });

describe('device state', () => {
  it('knows a message by its position', () => {
    const state = { ...fresh, seq: 10, bseq: 5 };
    expect(isFinished(state, { id: 'a', seq: 10 })).toBe(true);
    expect(isFinished(state, { id: 'a', seq: 11 })).toBe(false);
    expect(isFinished(state, { id: 'a', bseq: 5 })).toBe(true);
    expect(isFinished(state, { id: 'a', bseq: 6 })).toBe(false);
    expect(isFinished(state, { id: 'a' })).toBe(false);
  });

  it('knows a message by its id at another position, and finishes that position', () => {
    const state = finish(fresh, { id: 'a', seq: 3 });
    expect(isFinished(state, { id: 'a', seq: 8 })).toBe(true);
    expect(finish(state, { id: 'a', seq: 8 })).toEqual({ ...fresh, seq: 8, ids: ['a'] });
  });

  it('stays the same object when nothing changes, so nothing is stored', () => {
    const state = finish(fresh, { id: 'a', seq: 3 });
    expect(finish(state, { id: 'a', seq: 3 })).toBe(state);
    expect(finish(state, { id: 'b', seq: 2 })).toBe(state);
  });

  it(`keeps the last ${keptIds} ids`, () => {
    let state = fresh;
    for (let seq = 1; seq <= keptIds + 50; seq++) state = finish(state, { id: `m${seq}`, seq });
    expect(state.ids).toHaveLength(keptIds);
    expect(state.ids[0]).toBe('m51');
    expect(state.ids.at(-1)).toBe(`m${keptIds + 50}`);
  });

  it('takes the broadcast cursor from the server only while it has none', () => {
    const state = withCursor(fresh, 9);
    expect(state.bseq).toBe(9);
    expect(withCursor(state, 20)).toBe(state);
  });

  it('reads back what it wrote, and nothing else', () => {
    const state = finish(withCursor(fresh, 9), { id: 'a', seq: 3 });
    expect(readDeviceState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    for (const wrong of [
      undefined,
      null,
      1,
      {},
      { ...state, seq: -1 },
      { ...state, ids: [1] },
      { ...state, bseq: 'x' },
    ]) {
      expect(readDeviceState(wrong)).toBeUndefined();
    }
  });
});
