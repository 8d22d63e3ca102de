import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../load/core/report.ts';
import { startSystem, type UpSystem } from '../rigs/system.ts';

const script = join(import.meta.dirname, '../../load/main.ts');
const kinds = ['single', 'batch', 'list', 'tag', 'all'] as const;

describe('the load tool', () => {
  let system: UpSystem;
  const folder = mkdtempSync(join(tmpdir(), 'longwire-load-'));
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param onOutput is told all that was printed so far. */
  const load = (
    args: string,
    env: Record<string, string> = {},
    onOutput: (text: string, pid: number) => void = () => {},
  ): Promise<{ code: number | null; output: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [script, ...args.split(' ')], { env: { ...process.env, ...env } });
      let output = '';
      const read = (data: Buffer): void => {
        output += String(data);
        onOutput(output, child.pid!);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('close', (code) => resolve({ code, output }));
    });
  const reportIn = (file: string): Report => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Report;

  it('pushes of every kind arrive once, and its figures fit each other', async () => {
    const shape = '--devices 20 --processes 2 --push-rate 12 --duration 5 --churn 600 --seed 11 --batch-size 5';
    const mix = '--mix single=4,batch=2,list=2,tag=2,all=2 --source-addresses 127.0.0.2-127.0.0.5';
    const files = `--json ${folder}/one.json --html ${folder}/one.html`;
    const { code, output } = await load(
      `--data ${system.dataDir} ${shape} ${mix} ${files} --slo lost=0,duplicates=0,out_of_order=0,delivery_p50<30s`,
    );
    expect([code, output]).toEqual([0, expect.stringContaining('ok     lost=0  (0)')]);
    const { devices, pushes, deliveries, latency_ms: latency, slos, faults, series } = reportIn('one.json');
    expect(faults).toEqual([]);
    expect(devices).toMatchObject({ asked: 20, ready: 20, disconnects: 0 });
    expect(devices.churned).toBeGreaterThan(0);
    expect(devices.logins).toBe(20 + devices.churned);
    expect(pushes).toMatchObject({ refused: 0, failed: 0, skipped: 0, unanswered: 0 });
    expect(pushes.accepted).toBe(pushes.scheduled);
    expect(pushes.scheduled).toBeGreaterThan(30);
    for (const kind of kinds) {
      expect(pushes.kinds[kind].accepted, kind).toBeGreaterThan(0);
      expect(deliveries.kinds[kind].delivered, kind).toBe(deliveries.kinds[kind].expected);
      expect(latency.delivery_kinds[kind].count, kind).toBe(deliveries.kinds[kind].delivered);
    }
    const accepted = (kind: (typeof kinds)[number]): number => pushes.kinds[kind].accepted;
    expect(deliveries.kinds.single.expected).toBe(accepted('single'));
    expect(deliveries.kinds.batch.expected).toBe(accepted('batch') * 5);
    expect(deliveries.kinds.list.expected).toBe(accepted('list') * 5);
    // Two devices have each of the ten tags.
    expect(deliveries.kinds.tag.expected).toBe(accepted('tag') * 2);
    expect(deliveries.kinds.all.expected).toBe(accepted('all') * 20);
    expect(latency.accept.count).toBe(pushes.accepted);
    expect(latency.connect.count).toBe(devices.logins);
    expect(latency.delivery.p50!).toBeLessThanOrEqual(latency.delivery.p99!);
    expect(latency.delivery.p99!).toBeLessThanOrEqual(latency.delivery.max!);
    expect(slos.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(series.at(-1)!.at).toBeGreaterThan(5);
    const page = readFileSync(join(folder, 'one.html'), 'utf8');
    expect(page).toContain('<svg ');
    for (const secret of [system.run().app.masterSecret, system.run().app.appSecret])
      expect(page).not.toContain(secret);
  });

  it('a comparison that does not hold is exit code 1, with secrets from the environment', async () => {
    const { api, sdk, app } = system.run();
    const { code, output } = await load(
      `--api ${api} --ws ${sdk} --devices 3 --duration 1 --slo accept_p99<0.001ms,lost=0`,
      {
        ...{ LONGWIRE_APP_ID: app.appId, LONGWIRE_APP_KEY: app.appKey },
        ...{ LONGWIRE_MASTER_SECRET: app.masterSecret, LONGWIRE_APP_SECRET: app.appSecret },
      },
    );
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/FAILED accept_p99<0.001ms {2}\([\d.]+ ms\)\nok {5}lost=0/),
    ]);
  });

  it('an interrupt ends the pushes early, and is reported', async () => {
    let interrupted = false;
    const { code } = await load(
      `--data ${system.dataDir} --devices 3 --duration 600 --mix single=1 --json ${folder}/early.json --slo lost=0`,
      {},
      (text, pid) => {
        // The first line of pushing comes ten seconds after the first line.
        if (interrupted || !text.includes('pushing')) return;
        interrupted = true;
        process.kill(pid, 'SIGINT');
      },
    );
    const { interrupted: early, pushes, deliveries, seconds } = reportIn('early.json');
    expect([code, early, deliveries.lost]).toEqual([0, true, 0]);
    expect(seconds.pushing).toBeLessThan(60);
    expect(pushes.accepted).toBeGreaterThan(0);
  });

  it('a wrong option is exit code 2, and wrong credentials are 1, with one line', async () => {
    const data = `--data ${system.dataDir}`;
    expect(await load(`${data} --mix sms=1`)).toEqual({
      code: 2,
      output: expect.stringMatching(/^longwire: --mix sms=1: "sms" is no kind of push; allowed is .*\n$/),
    });
    const { code, output } = await load(`${data} --master-secret wrong`);
    expect([code, output]).toEqual([1, expect.stringMatching(/\nlongwire: http.*refused the credentials: .*\n$/)]);
  });
});
