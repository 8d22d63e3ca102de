import { expect, it } from 'vitest';
import { lifetimeOf } from './lifetime.ts';

const push_message = { transmission: 'x' };

it('is two hours unless the settings say otherwise', () => {
  expect(lifetimeOf({ push_message }, 1_000)).toEqual({ exp: 7_201_000, stored: true });
  expect(lifetimeOf({ push_message, settings: {} }, 1_000)).toEqual({ exp: 7_201_000, stored: true });
  expect(lifetimeOf({ push_message, settings: { ttl: 5_000 } }, 1_000)).toEqual({ exp: 6_000, stored: true });
});

it('is ten seconds, and not stored, where there is none', () => {
  for (const ttl of [-1, 0]) {
    expect(lifetimeOf({ push_message, settings: { ttl } }, 1_000)).toEqual({ exp: 11_000, stored: false });
  }
});

it('ends with the time in which the message may be shown', () => {
  const shown = { ...push_message, duration: '1700000000000-1700000660000' };
  expect(lifetimeOf({ push_message: shown }, 1_700_000_000_000).exp).toBe(1_700_000_660_000);
  expect(lifetimeOf({ push_message: shown, settings: { ttl: 5_000 } }, 1_700_000_000_000).exp).toBe(1_700_000_005_000);
});
