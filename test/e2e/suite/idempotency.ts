import { describe, expect, test } from 'vitest';
import { startDevice } from '../../rigs/device.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** The same request_id many times at once. */
export function describeIdempotency(sut: SystemUnderTest): void {
  describe('idempotency', () => {
    test('E20 the same request_id ten times in parallel across both IMs: one message, ten equal answers', async () => {
      const device = startDevice(sut.deviceOptions());
      await device.online();
      const instances = ['im-1', 'im-2'];
      const served = (): Promise<number[]> =>
        Promise.all(instances.map((im) => sut.metric(im, 'longwire_api_request_seconds_count')));
      let rounds = 0;
      // The kernel spreads connections over the instances by chance: go on until one round's ten reached both.
      for (let both = false; !both; ) {
        const before = await served();
        const body = sut.upstream.pushBody(device.cid(), `round ${rounds++}`);
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => sut.upstream.onceFresh('POST', '/push/single/cid', body)),
        );
        expect(answers[0]).toMatchObject({ status: 200, code: 0 });
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        const after = await served();
        both = after.every((count, index) => count > before[index]!);
        expect(rounds).toBeLessThan(20);
      }
      await sut.upstream.push(device.cid(), 'last');
      await device.waitForPushes(rounds + 1);
      expect(device.pushes.map((push) => push.transmission)).toEqual([
        ...Array.from({ length: rounds }, (_, round) => `round ${round}`),
        'last',
      ]);
      device.device.close();
    });
  });
}
