import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Broken } from '../../conformance/check.ts';
import { ClientContext } from '../../conformance/client/context.ts';
import { runClient } from '../../conformance/client/run-client.ts';
import { rules } from '../../conformance/rules.ts';
import { playForClient } from '../../conformance/vectors/play.ts';
import { sequences } from '../../conformance/vectors/sequences.ts';
import { clientFaults } from '../rigs/conformance/client-faults.ts';
import { javaHarness, javaHarnessAvailable } from '../rigs/java-devices.ts';

const java = await javaHarnessAvailable();
const javaRequired = process.env['LONGWIRE_REQUIRE_JAVA'] === '1';
const root = resolve(import.meta.dirname, '../..');
const harness = [process.execPath, join(root, 'conformance/harness/typescript.ts')];
const faultyHarness = [process.execPath, join(root, 'test/rigs/conformance/faulty-harness.ts')];

const ofSdks = rules.filter(({ side }) => side === 'client');
/** It takes half a minute. */
const slow = 'D166: it takes long: --slow checks it';

/** Rules that fail, with what was seen, and those that are not checked, with the reason. */
async function outcomesOf(command: string[]): Promise<{ failed: string[]; unchecked: string[] }> {
  const { results } = await runClient({ command, rules: ofSdks, slow: false, jobs: 6, done: () => {} });
  return {
    failed: results.flatMap(({ rule, outcome }) => (outcome.is === 'failed' ? [`${rule.id}: ${outcome.seen}`] : [])),
    unchecked: results.flatMap(({ rule, outcome }) =>
      outcome.is === 'not checked' ? [`${rule.id}: ${outcome.reason}`] : [],
    ),
  };
}

describe('the conformance kit and the TypeScript SDK', () => {
  test('KIT7 every rule holds', async () => {
    expect(await outcomesOf(harness)).toEqual({ failed: [], unchecked: [slow] });
  });

  test.each(sequences.filter(({ binds }) => binds === 'client'))(
    'KIT8 it does its steps of "$name"',
    async (sequence) => {
      const folder = mkdtempSync(join(tmpdir(), 'longwire-kit-'));
      const context = await ClientContext.begin({ command: harness, folder, faults: [] }, undefined);
      try {
        await playForClient(sequence, context);
      } finally {
        await (await context.end())?.end();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  test('KIT9 a harness that is none is said to be none', async () => {
    const run = (script: string) =>
      runClient({ command: [process.execPath, '-e', script], rules: ofSdks, slow: false, jobs: 1, done: () => {} });
    await expect(run('console.log("hello")')).rejects.toThrow(/none of the protocol: hello/);
    await expect(run('process.stderr.write("no phone"); process.exit(3)')).rejects.toThrow(/ended with 3.*no phone/);
    await expect(run('')).rejects.toThrow(Broken);
  });
});

describe.skipIf(!java.ok && !javaRequired)(
  `the conformance kit and the Java SDK${java.ok ? '' : ` (${java.reason})`}`,
  () => {
    test('KIT12 every rule holds', async () => {
      expect(await outcomesOf(javaHarness)).toEqual({ failed: [], unchecked: [slow] });
    });
  },
);

describe('an SDK that breaks one rule', () => {
  const faults = Object.entries(clientFaults).map(([name, { breaks }]) => ({ name, breaks }));

  test('KIT10 there are ten at least, of different rules', () => {
    expect(new Set(faults.map(({ breaks }) => breaks[0])).size).toBeGreaterThanOrEqual(10);
  });

  test.each(faults)('KIT11 $name: the kit names $breaks', async ({ name, breaks }) => {
    const { failed } = await outcomesOf([...faultyHarness, name]);
    expect(failed.map((line) => line.split(':')[0])).toEqual(breaks);
  });
});
