import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../../services/im/api/endpoints.ts';
import { WorkingExamples } from './inputs/examples.ts';
import { randomRequests } from './inputs/random.ts';
import { ApiRig } from './rig.ts';

describe('random requests', () => {
  let rig: ApiRig;
  let examples: WorkingExamples;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    examples = new WorkingExamples(rig);
  });
  afterAll(() => rig.stop());

  it.each(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))(
    '%s answers each in an envelope of its own, never 500 or above',
    async (_name, endpoint) => {
      const codes = new Set<number>();
      await fc.assert(
        fc.asyncProperty(randomRequests(endpoint), async (given) => {
          // The rig holds each answer to the API document.
          const answer = await examples.send(endpoint, given);
          codes.add(answer.code);
          expect(answer.http).toBeLessThan(500);
        }),
        { seed: 20_240_601, numRuns: 100 },
      );
      expect(codes).toContain(0);
      if (endpoint.body) expect(codes).toContain(20_001);
    },
  );
});
