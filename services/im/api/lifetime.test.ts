import { expect, it } from 'vitest';
import { lifetimeOf } from './lifetime.ts';

it('is two hours unless the settings say otherwise', () => {
  expect(lifetimeOf(undefined, 1_000)).toEqual({ exp: 7_201_000, stored: true });
  expect(lifetimeOf({}, 1_000)).toEqual({ exp: 7_201_000, stored: true });
  expect(lifetimeOf({ ttl: 5_000 }, 1_000)).toEqual({ exp: 6_000, stored: true });
});

it('is ten seconds, and not stored, where there is none', () => {
  for (const ttl of [-1, 0]) expect(lifetimeOf({ ttl }, 1_000)).toEqual({ exp: 11_000, stored: false });
});
