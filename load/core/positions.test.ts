import { describe, expect, it } from 'vitest';
import { Positions } from './positions.ts';

describe('positions of a device', () => {
  it('what its seq or bseq covers was there before', () => {
    const positions = new Positions();
    positions.bseq = 100;
    expect(positions.finish({ id: 'a', seq: 5 })).toBe(true);
    expect(positions.finish({ id: 'b', seq: 5 })).toBe(false);
    expect(positions.finish({ id: 'c', seq: 4 })).toBe(false);
    expect(positions.finish({ id: 'd', bseq: 100 })).toBe(false);
    expect(positions.finish({ id: 'e', bseq: 101 })).toBe(true);
    expect([positions.seq, positions.bseq]).toEqual([5, 101]);
  });

  it('the last 200 ids are known at whatever position, and no more', () => {
    const positions = new Positions();
    for (let seq = 1; seq <= 201; seq++) expect(positions.finish({ id: `message ${seq}`, seq })).toBe(true);
    expect(positions.finish({ id: 'message 2', seq: 300 })).toBe(false);
    expect(positions.finish({ id: 'message 1', seq: 301 })).toBe(true);
    expect(positions.seq).toBe(301);
  });
});
