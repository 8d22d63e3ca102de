import { expect, test } from 'vitest';
import { defaultApiLimits, liveApiLimits } from './deps.ts';

test('the limits follow a configuration that changes, and are otherwise as they are by default', () => {
  const config = { maxQueueDepth: 5 };
  const limits = liveApiLimits(config);
  expect({ ...limits }).toEqual({ ...defaultApiLimits, maxDepth: 5 });
  config.maxQueueDepth = 7;
  expect(limits.maxDepth).toBe(7);
});
