import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { CredentialsOf, VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import type { Vendor, VendorAdapter } from '../../../services/im/channel/adapter.ts';
import { vendorMessage } from '../../../services/im/channel/testing/vendor-messages.ts';
import { vendors } from '../../../services/im/channel/vendors/index.ts';
import { vendorHttp } from '../../../services/im/edges/channel/vendor-http.ts';
import { HarmonyServer, newHarmonyAccount } from '../../rigs/vendors/harmony.ts';
import { HonorServer } from '../../rigs/vendors/honor.ts';
import { HuaweiServer } from '../../rigs/vendors/huawei.ts';
import { OppoServer } from '../../rigs/vendors/oppo.ts';
import type { VendorServer } from '../../rigs/vendors/vendor-server.ts';
import { VivoServer } from '../../rigs/vendors/vivo.ts';
import { XiaomiServer } from '../../rigs/vendors/xiaomi.ts';

const account = newHarmonyAccount();
const credentials = {
  huawei: { appId: '100100', clientSecret: 'secret' },
  xiaomi: { appSecret: 'secret==', packageName: 'com.example.app' },
  oppo: { appKey: 'key', masterSecret: 'master' },
  vivo: { appId: '10004', appKey: '25509283-3767', appSecret: 'secret' },
  honor: { appId: '104436234', clientId: 'client', clientSecret: 'secret' },
  harmony: { serviceAccount: account },
};

interface Case<Kind extends VendorKind = VendorKind> {
  kind: Kind;
  serve: () => VendorServer & { sendPath: string; tokenPath?: string };
  /** Credentials that the service doesn't know. */
  wrong: CredentialsOf<Kind>;
  /** What the service says of an access token that isn't good. */
  denial: { status: number; body: string };
  /** How long an access token is used, ms. */
  tokenMs?: number;
}

const json = (body: object, status = 200) => ({ status, body: JSON.stringify(body) });
const cases: Case[] = [
  {
    kind: 'huawei',
    serve: () => new HuaweiServer(credentials.huawei),
    wrong: { ...credentials.huawei, clientSecret: 'x' },
    denial: json({ code: '80200003', msg: 'expired' }, 401),
    tokenMs: 3_600_000,
  },
  {
    kind: 'xiaomi',
    serve: () => new XiaomiServer(credentials.xiaomi),
    wrong: { ...credentials.xiaomi, appSecret: 'x' },
    denial: json({ code: 21_301 }),
  },
  {
    kind: 'oppo',
    serve: () => new OppoServer(credentials.oppo),
    wrong: { ...credentials.oppo, masterSecret: 'x' },
    denial: json({ code: 11 }),
    tokenMs: 86_400_000,
  },
  {
    kind: 'vivo',
    serve: () => new VivoServer(credentials.vivo),
    wrong: { ...credentials.vivo, appSecret: 'x' },
    denial: json({ result: 10_000 }),
    tokenMs: 7_200_000,
  },
  {
    kind: 'honor',
    serve: () => new HonorServer(credentials.honor),
    wrong: { ...credentials.honor, clientSecret: 'x' },
    denial: json({ code: 401 }, 401),
    tokenMs: 3_600_000,
  },
  {
    kind: 'harmony',
    serve: () => new HarmonyServer(account),
    wrong: { serviceAccount: newHarmonyAccount() },
    denial: json({ code: '80200005', msg: 'Jwt token expired.' }, 401),
    tokenMs: 3_600_000,
  },
] as Case[];

const tryMs = 400;

describe.each(cases)('$kind', ({ kind, serve, wrong, denial, tokenMs }) => {
  let server: ReturnType<typeof serve>;
  let offsetMs: number;
  const now = () => Date.now() + offsetMs;
  const vendor = vendors[kind] as unknown as Vendor;

  beforeEach(async () => {
    offsetMs = 0;
    server = await serve().listen();
    server.now = now;
  });
  afterEach(async () => {
    await server.stop();
    expect(server.faults).toEqual([]);
  });

  function open(more: { given?: unknown; baseUrl?: string } = {}): VendorAdapter {
    const http = vendorHttp({ tryMs, sockets: 16 });
    const openHttp2 = () => {
      throw new Error('no HTTP/2');
    };
    const { given = credentials[kind as keyof typeof credentials], baseUrl = server.url } = more;
    const adapter = vendor.open(given as CredentialsOf<VendorKind>, { http: http.request, openHttp2, baseUrl, now });
    onTestFinished(async () => {
      await adapter.close();
      await http.close();
    });
    return adapter;
  }

  test('a message comes to each token once, and what is dead is said to be gone', async () => {
    server.dead.add('dead');
    const message = vendorMessage({ payload: '{"order":2041}', options: {}, badgeAdd: 1, notifyId: 7 });
    const outcomes = await open().send(message, ['one', 'dead', 'two', 'one']);
    expect(outcomes.map(({ is }) => is)).toEqual(['sent', 'gone', 'sent', 'sent']);
    expect(server.taken.map(({ token, title, body }) => [token, title, body])).toEqual([
      ['one', 'Your order', 'It is on its way'],
      ['two', 'Your order', 'It is on its way'],
    ]);
    expect(JSON.stringify(server.taken[0]!.request)).toContain('RASS_1.m1');
  });

  test('one token, a dead one alone, and as many as a call takes', async () => {
    const adapter = open();
    server.dead.add('dead');
    expect(await adapter.send(vendorMessage(), ['one'])).toEqual([{ is: 'sent' }]);
    expect((await adapter.send(vendorMessage({ id: 'b' }), ['dead'])).map(({ is }) => is)).toEqual(['gone']);
    const tokens = Array.from({ length: vendor.maxTokens }, (_, index) => `token-${index}`);
    const outcomes = await adapter.send(vendorMessage({ id: 'c', body: '字'.repeat(256) }), tokens);
    expect(outcomes.filter(({ is }) => is === 'sent')).toHaveLength(tokens.length);
    expect(server.taken).toHaveLength(tokens.length + 1);
  });

  test('the service’s troubles are to be tried again, within the deadline, and don’t last', async () => {
    const adapter = open();
    const { sendPath } = server;
    expect(await adapter.send(vendorMessage({ id: 'first' }), ['one'])).toEqual([{ is: 'sent' }]);
    const outcomeOf = async (
      ...told: Parameters<typeof server.tell> extends [string, ...infer Told] ? Told : never
    ) => {
      server.tell(sendPath, ...told);
      const begun = performance.now();
      const [outcome] = await adapter.send(vendorMessage(), ['one']);
      expect(performance.now() - begun).toBeLessThan(tryMs * 3);
      return outcome;
    };
    expect(await outcomeOf({ status: 429, headers: { 'retry-after': '7' } })).toMatchObject({
      is: 'again',
      of: 'app',
      afterMs: 7_000,
    });
    expect(await outcomeOf({ status: 500 })).toMatchObject({ is: 'again', reason: 'http_500' });
    expect(await outcomeOf('hang')).toMatchObject({ is: 'again' });
    expect(await outcomeOf('cut')).toMatchObject({ is: 'again' });
    expect(await outcomeOf('garbage')).toMatchObject({ is: 'again', reason: 'unreadable' });
    expect(await outcomeOf('flood')).toMatchObject({ is: 'again' });
    expect(await adapter.send(vendorMessage({ id: 'last' }), ['one'])).toEqual([{ is: 'sent' }]);
    expect(server.taken).toHaveLength(2);
  });

  test('a service that isn’t there is to be tried again', async () => {
    const adapter = open({ baseUrl: 'http://127.0.0.1:1' });
    expect((await adapter.send(vendorMessage(), ['one', 'two'])).map(({ is }) => is)).toEqual(['again', 'again']);
  });

  test('wrong credentials are denied, and the message isn’t sent', async () => {
    const [outcome] = await open({ given: wrong }).send(vendorMessage(), ['one']);
    expect(outcome).toMatchObject({ is: 'denied' });
    expect(server.taken).toEqual([]);
  });

  test('what has nothing to show goes to nobody', async () => {
    expect(await open().send(vendorMessage({ title: ' ' }), ['one'])).toEqual([{ is: 'nothing' }]);
    expect(server.calls).toEqual([]);
  });

  // Xiaomi takes the app's secret itself.
  if (tokenMs !== undefined)
    test('an access token is got once, and again when it is refused or runs out', async () => {
      const adapter = open();
      const gets = () =>
        server.tokenPath === undefined ? issuedJwts(server) : server.callsOf(server.tokenPath).length;
      const send = (id: string) => adapter.send(vendorMessage({ id }), [id]);
      const first = await Promise.all(Array.from({ length: 12 }, (_, index) => send(`m${index}`)));
      expect(first.flat().every(({ is }) => is === 'sent')).toBe(true);
      expect(gets()).toBe(1);

      // A JWT is made anew in another second only.
      offsetMs += 1_000;
      server.expireTokens();
      const second = await Promise.all(Array.from({ length: 12 }, (_, index) => send(`n${index}`)));
      expect(second.flat().every(({ is }) => is === 'sent')).toBe(true);
      expect(gets()).toBe(2);

      offsetMs += tokenMs * 0.9;
      await send('o');
      expect(gets()).toBe(2);
      offsetMs += tokenMs * 0.1;
      expect(await send('p')).toEqual([{ is: 'sent' }]);
      expect(gets()).toBe(3);
      expect(server.taken).toHaveLength(26);
    });

  test('an access token that is refused twice in a row is denied, and isn’t asked for without end', async () => {
    server.tell(server.sendPath, denial, denial);
    expect(await open().send(vendorMessage(), ['one'])).toMatchObject([{ is: 'denied' }]);
    expect(server.callsOf(server.sendPath).length).toBeLessThanOrEqual(2);
  });

  // HarmonyOS takes a token that is signed here.
  if (tokenMs !== undefined && kind !== 'harmony')
    test('a service that gives no access token holds up nobody for long, and is asked again later', async () => {
      const tokenPath = server.tokenPath!;
      const adapter = open();
      for (const told of ['hang', 'garbage', { status: 500 }, { status: 429 }, 'flood'] as const) {
        server.tell(tokenPath, told);
        expect(await adapter.send(vendorMessage(), ['one', 'two'])).toMatchObject([{ is: 'again' }, { is: 'again' }]);
        expect(await adapter.send(vendorMessage(), ['one'])).toMatchObject([{ is: 'again' }]);
        offsetMs += 5_000;
      }
      expect(server.callsOf(tokenPath)).toHaveLength(5);
      expect(await adapter.send(vendorMessage(), ['one'])).toEqual([{ is: 'sent' }]);
    });
});

/** Different ones that a service saw. */
function issuedJwts(server: VendorServer): number {
  return new Set(server.calls.map(({ headers }) => headers.authorization)).size;
}
