import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { upstreamToken } from '../../scripts/up/demo-app.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import { buildIot, provideLine } from '../rigs/containers/images.ts';
import { databaseUrlOf } from '../rigs/containers/stores.ts';
import { type ContainerSystem, startContainers } from '../rigs/containers/system.ts';
import { RawDevice, type StartedDevice, startDevice } from '../rigs/device.ts';
import { Upstream } from '../rigs/upstream.ts';

const { host, reason } = inject('engine');

describe.skipIf(host === '')(`two product lines on the same stores${reason && ` (${reason})`}`, () => {
  const folder = mkdtempSync(`${tmpdir()}/longwire-lines-`);
  const started: ContainerSystem[] = [];
  const upstreams: Upstream[] = [];
  const devices: StartedDevice[] = [];

  beforeAll(async () => {
    const engine = connectEngine(host);
    await provideLine(engine, 'push');
    await buildIot(engine, folder);
    started.push(await startContainers(engine));
    started.push(await startContainers(engine, {}, { line: 'iot', besides: started[0]! }));
    for (const system of started) {
      upstreams.push(await Upstream.open(system.run()));
      const { sdk: url, app } = system.run();
      devices.push(startDevice({ url, appId: app.appId, appSecret: app.appSecret }));
    }
    await Promise.all(devices.map((device) => device.online()));
  });
  afterAll(async () => {
    await Promise.all(devices.map(({ device }) => device.close()));
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    for (const system of started.reverse()) await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pairs = [
    { own: 0, other: 1 },
    { own: 1, other: 0 },
  ];

  test.each(pairs)("messages go to a line's own devices alone ($own)", async ({ own, other }) => {
    const before = devices[other]!.pushes.length;
    await upstreams[own]!.push(devices[own]!.cid(), `to one of ${own}`);
    await upstreams[own]!.pushAll(`to all of ${own}`);
    const got = await devices[own]!.waitForPushes(2);
    expect(got.map((push) => push.transmission).sort()).toEqual([`to all of ${own}`, `to one of ${own}`]);
    // What the other line sends now comes after whatever would have come by mistake.
    await upstreams[other]!.pushAll('last');
    await devices[other]!.waitForPushes(before + 1);
    expect(devices[other]!.pushes.slice(before).map((push) => push.transmission)).toEqual(['last']);
    devices[own]!.pushes.length = 0;
    devices[other]!.pushes.length = 0;
  });

  test.each(pairs)("a line's app, token and devices mean nothing to the other ($own)", async ({ own, other }) => {
    const [mine, theirs] = [started[own]!.run(), started[other]!.run()];
    await expect(upstreamToken(theirs.api, { ...mine.app, name: '', disabled: false })).rejects.toThrow(
      'gives no token',
    );
    const stranger = await upstreams[other]!.call(
      'POST',
      '/push/single/cid',
      upstreams[other]!.pushBody(devices[own]!.cid(), 'x'),
    );
    expect(stranger.code).not.toBe(0);
    const raw = await RawDevice.open(theirs.sdk);
    const { cid, token } = (await credentialsOf(devices[own]!)) as { cid: string; token: string };
    raw.send({ t: 'login', appId: mine.app.appId, cid, token, seq: 0 });
    expect((await raw.closed()).code).toBe(4401);
    const fresh = await RawDevice.open(theirs.sdk);
    fresh.send({ ...RawDevice.registerFrame(mine.app) });
    expect((await fresh.closed()).code).toBeGreaterThanOrEqual(4400);
    expect(fresh.unread.map(({ t }) => t)).not.toContain('registered');
  });

  test('in Redis every key has the prefix of a line', async () => {
    const redis = new Redis(started[0]!.processOf('redis-1').url!);
    try {
      const all = await redis.keys('*');
      const prefixes = new Set(all.map((key) => /^[a-z]+/.exec(key)?.[0]));
      expect(prefixes).toEqual(new Set(['longwire', 'iot']));
    } finally {
      redis.disconnect();
    }
  });

  test.each(pairs)("in MySQL a line's account sees its own database alone ($own)", async ({ own, other }) => {
    const [name, others] = ['longwire', 'iot'].map((_, index, all) => all[index === 0 ? own : other]!);
    const connection = await createConnection({ uri: databaseUrlOf(started[0]!.fleet, name!) });
    try {
      await expect(connection.query(`SELECT * FROM ${others}.app`)).rejects.toMatchObject({ code: /DENIED/ });
      const [apps] = await connection.query('SELECT app_id FROM app');
      expect(apps).toEqual([{ app_id: started[own]!.run().app.appId }]);
    } finally {
      connection.destroy();
    }
  });

  test('on Kafka every topic and group has the prefix of a line', async () => {
    const { fleet } = started[0]!;
    const address = fleet.of('kafka-1').addresses['kafka']!;
    // The broker says its name, which only containers can look up.
    const socketFactory = ({ port, onConnect }: { port: number; onConnect: () => void }) =>
      connectSocket({ host: address, port }, onConnect);
    const kafka = new Kafka({
      brokers: [`${address}:9092`],
      logLevel: logLevel.NOTHING,
      socketFactory: socketFactory as never,
    });
    const admin = kafka.admin();
    await admin.connect();
    try {
      const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
      const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
      for (const prefix of ['longwire', 'iot']) {
        expect(topics.filter((topic) => topic.startsWith(prefix)).length).toBeGreaterThan(3);
        expect(groups.filter((group) => group.startsWith(prefix)).length).toBeGreaterThan(1);
      }
      expect([...topics, ...groups].filter((name) => !/^(longwire|iot)[-.]/.test(name))).toEqual([]);
    } finally {
      await admin.disconnect();
    }
  });
});

async function credentialsOf(device: StartedDevice): Promise<unknown> {
  return device.storage.load();
}
