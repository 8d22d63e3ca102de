import { generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { CredentialsOf, VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import type { Vendor, VendorAdapter } from '../../../services/im/channel/adapter.ts';
import { vendorMessage } from '../../../services/im/channel/testing/vendor-messages.ts';
import { harmony } from '../../../services/im/channel/vendors/harmony/adapter.ts';
import { huawei } from '../../../services/im/channel/vendors/huawei/adapter.ts';
import { oppo } from '../../../services/im/channel/vendors/oppo/adapter.ts';
import { vivo } from '../../../services/im/channel/vendors/vivo/adapter.ts';
import { xiaomi } from '../../../services/im/channel/vendors/xiaomi/adapter.ts';
import { vendorHttp } from '../../../services/im/edges/channel/vendor-http.ts';
import { HuaweiServer } from '../../rigs/vendors/huawei.ts';
import { OppoServer } from '../../rigs/vendors/oppo.ts';
import type { VendorServer } from '../../rigs/vendors/vendor-server.ts';
import { VivoServer } from '../../rigs/vendors/vivo.ts';
import { XiaomiServer } from '../../rigs/vendors/xiaomi.ts';

/** An adapter and the service that it sends to. */
async function pair<Kind extends VendorKind, Server extends VendorServer>(
  vendor: Vendor<Kind>,
  credentials: CredentialsOf<Kind>,
  made: Server,
): Promise<{ adapter: VendorAdapter; server: Server; pass: (ms: number) => void }> {
  let offsetMs = 0;
  const server = await made.listen();
  const now = () => Date.now() + offsetMs;
  server.now = now;
  const http = vendorHttp({ tryMs: 400, sockets: 16 });
  const openHttp2 = () => {
    throw new Error('no HTTP/2');
  };
  const adapter = vendor.open(credentials, { http: http.request, openHttp2, baseUrl: server.url, now });
  onTestFinished(async () => {
    await adapter.close();
    await http.close();
    await server.stop();
    expect(server.faults).toEqual([]);
  });
  return {
    adapter,
    server,
    pass: (ms) => {
      offsetMs += ms;
    },
  };
}

const json = (body: object) => ({ status: 200, body: JSON.stringify(body) });

test('Huawei: a project that sends for several apps is named in the address', async () => {
  const credentials = { appId: '100100', clientSecret: 's', projectId: '73666' };
  const { adapter, server } = await pair(huawei, credentials, new HuaweiServer(credentials));
  expect(await adapter.send(vendorMessage(), ['one'])).toEqual([{ is: 'sent' }]);
  expect(server.calls.map(({ path }) => path)).toEqual(['/oauth2/v3/token', '/v2/73666/messages:send']);
});

test('HarmonyOS: a key that is none of RSA is denied, and nothing is sent', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const private_key of [pem, '-----BEGIN PRIVATE KEY-----\nx']) {
    const serviceAccount = { project_id: '1', key_id: 'k', sub_account: 'a', private_key };
    const { adapter, server } = await pair(
      harmony,
      { serviceAccount },
      new HuaweiServer({ appId: '1', clientSecret: 's' }),
    );
    expect(await adapter.send(vendorMessage(), ['one'])).toEqual([{ is: 'denied', reason: 'private_key' }]);
    expect(server.calls).toEqual([]);
  }
});

test('Xiaomi: a token that would be several to the service goes to none of them', async () => {
  const credentials = { appSecret: 's', packageName: 'com.example.app' };
  const { adapter, server } = await pair(xiaomi, credentials, new XiaomiServer(credentials));
  expect(await adapter.send(vendorMessage(), ['one', 'two,three'])).toEqual([
    { is: 'sent' },
    { is: 'gone', reason: 'no_regid' },
  ]);
  expect(server.taken.map(({ token }) => token)).toEqual(['one']);
  expect(await adapter.send(vendorMessage(), ['two,three'])).toMatchObject([{ is: 'gone' }]);
  expect(server.calls).toHaveLength(1);
});

test('OPPO: a message whose answer was lost is shown once, though it is sent again', async () => {
  const credentials = { appKey: 'k', masterSecret: 's' };
  const { adapter, server } = await pair(oppo, credentials, new OppoServer(credentials));
  expect(await adapter.send(vendorMessage(), ['one'])).toEqual([{ is: 'sent' }]);
  expect(await adapter.send(vendorMessage(), ['one'])).toEqual([{ is: 'sent' }]);
  expect(server.callsOf(server.sendPath)).toHaveLength(2);
  expect(server.taken).toHaveLength(1);
});

const vivoCredentials = { appId: '10004', appKey: 'k', appSecret: 's' };

test('vivo: one device gets a message of its own, several get one that was saved', async () => {
  const { adapter, server } = await pair(vivo, vivoCredentials, new VivoServer(vivoCredentials));
  await adapter.send(vendorMessage(), ['one']);
  await adapter.send(vendorMessage(), ['one', 'two']);
  const paths = server.calls.map(({ path }) => path);
  expect(paths).toEqual([server.tokenPath, server.sendPath, server.savePath, server.listPath]);
});

test('vivo: where the quota of lists is used up, each device gets its own for an hour, and lists are tried again then', async () => {
  const { adapter, server, pass } = await pair(vivo, vivoCredentials, new VivoServer(vivoCredentials));
  server.tell(server.savePath, json({ result: 10_252, desc: 'quota' }));
  const tokens = Array.from({ length: 20 }, (_, index) => `t${index}`);
  server.dead.add('t7');
  const outcomes = await adapter.send(vendorMessage(), tokens);
  expect(outcomes.map(({ is }) => is)).toEqual(tokens.map((token) => (token === 't7' ? 'gone' : 'sent')));
  expect(server.callsOf(server.sendPath)).toHaveLength(20);
  await adapter.send(vendorMessage(), ['a', 'b']);
  expect(server.callsOf(server.savePath)).toHaveLength(1);
  pass(3_600_000);
  await adapter.send(vendorMessage(), ['a', 'b']);
  expect(server.callsOf(server.savePath)).toHaveLength(2);
  expect(server.callsOf(server.listPath)).toHaveLength(1);
});

test('vivo: a list of which none is valid is asked for one by one, and each is said to be gone', async () => {
  const { adapter, server } = await pair(vivo, vivoCredentials, new VivoServer(vivoCredentials));
  for (const token of ['a', 'b', 'c']) server.dead.add(token);
  expect((await adapter.send(vendorMessage(), ['a', 'b', 'c'])).map(({ is }) => is)).toEqual(['gone', 'gone', 'gone']);
  expect(server.callsOf(server.sendPath)).toHaveLength(3);
});

test('vivo: what holds for the app isn’t asked again for each device', async () => {
  const { adapter, server } = await pair(vivo, vivoCredentials, new VivoServer(vivoCredentials));
  server.tell(server.savePath, json({ result: 10_252 }));
  server.tell(server.sendPath, ...Array.from({ length: 40 }, () => json({ result: 10_070 })));
  const tokens = Array.from({ length: 40 }, (_, index) => `t${index}`);
  const outcomes = await adapter.send(vendorMessage(), tokens);
  expect(outcomes.every(({ is }) => is === 'again')).toBe(true);
  expect(outcomes).toHaveLength(40);
  expect(server.callsOf(server.sendPath).length).toBeLessThanOrEqual(8);
});
