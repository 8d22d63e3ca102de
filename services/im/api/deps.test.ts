import { expect, test } from 'vitest';
import { defaultApiLimits, liveApiLimits } from './deps.ts';

test('the limits follow a configuration that changes, and are otherwise as they are by default', () => {
  const config = { keepAliveMs: 9_000, maxQueueDepth: 5 };
  const limits = liveApiLimits(config);
  expect({ ...limits }).toEqual({ ...defaultApiLimits, keepAliveMs: 9_000, maxDepth: 5 });
  Object.assign(config, { keepAliveMs: 10_000, maxQueueDepth: 7 });
  expect([limits.keepAliveMs, limits.maxDepth]).toEqual([10_000, 7]);
});
