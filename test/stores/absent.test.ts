import { describe, test } from 'vitest';
import { engineAvailable } from '../rigs/containers/engine.ts';

const { reason } = engineAvailable() as { reason?: string };

describe.skip(`stores of public images (${reason})`, () => {
  test('user-mysql and user-redis on each', () => {});
});
