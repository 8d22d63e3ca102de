import { createConnection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';
import type { SystemUnderTest } from '../../e2e/suite/system-under-test.ts';
import { type ClusterUnderTest, seenPods } from './cluster-under-test.ts';

interface Job {
  status: { succeeded?: number; failed?: number; completionTime?: string };
}

/** The Job that makes the tables. */
export function describeMigrations(sut: SystemUnderTest, cluster: () => ClusterUnderTest): void {
  describe('the Job of migrations', () => {
    test('has succeeded at its first try, before any role was started, and the tables are there', async () => {
      const { kubectl, namespace } = cluster();
      const list = JSON.parse(await kubectl.run(['-n', namespace, 'get', 'jobs', '-o', 'json'])) as { items: Job[] };
      expect(list.items.length).toBe(1);
      const { status } = list.items[0]!;
      expect(status).toMatchObject({ succeeded: 1 });
      expect(status.failed ?? 0).toBe(0);
      const pods = await seenPods(cluster());
      for (const { metadata } of pods) {
        expect(Date.parse(metadata.creationTimestamp)).toBeGreaterThanOrEqual(Date.parse(status.completionTime!));
      }
      const database = await createConnection(sut.database.url!);
      try {
        const [tables] = await database.query('SHOW TABLES');
        expect((tables as unknown[]).length).toBeGreaterThan(3);
      } finally {
        await database.end();
      }
    });
  });
}
