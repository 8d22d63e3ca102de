import { describe, expect, test } from 'vitest';
import { RawDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** Frames that are wrong, and what follows: a clear refusal, and the next valid one works. */
export function describeProtocol(sut: SystemUnderTest): void {
  const open = (protocols?: string[]): Promise<RawDevice> => RawDevice.open(sut.run.sdk, protocols);

  describe('device protocol', () => {
    test('P1 the subprotocol is echoed, may be left out, and another one is refused with 400', async () => {
      const offered = await open();
      expect(offered.protocol).toBe('longwire.v1');
      await offered.end();
      const none = await open([]);
      expect(none.protocol).toBe('');
      await none.end();
      await expect(open(['mqtt'])).rejects.toThrow('400');
    });

    test('P2 frames that are malformed are named; a valid one in between starts the count anew; three in a row close 4400', async () => {
      const raw = await open();
      for (const [text, names] of [
        ['nonsense', 'JSON'],
        ['[]', 'object'],
      ] as const) {
        raw.sendText(text);
        expect(await raw.next('error')).toMatchObject({ code: 'bad_frame', message: expect.stringContaining(names) });
      }
      raw.send({ t: 'ping' });
      await raw.next('pong');
      raw.send({ t: 'nosuch' });
      raw.send({ t: 'login', appId: 'a', cid: 'short', token: 'x', seq: 0 });
      raw.sendText(`${'['.repeat(8_000)}`);
      const errors = [await raw.next('error'), await raw.next('error'), await raw.next('error')];
      expect(errors.map((error) => error.code)).toEqual(['bad_frame', 'bad_frame', 'bad_frame']);
      expect(errors[1]!.message).toContain('cid');
      expect((await raw.closed()).code).toBe(4400);
    });

    test('P3 a frame before login is refused and the login after it works', async () => {
      const raw = await open();
      raw.send({ t: 'ack', seq: 1 });
      expect((await raw.next('error')).code).toBe('not_logged_in');
      const credentials = await raw.register(sut.run.app);
      const welcome = await raw.login(sut.run.app.appId, credentials);
      expect(welcome).toMatchObject({ heartbeat: expect.any(Number), window: expect.any(Number), bseq: 0 });
      await raw.end();
    });

    test.each([
      ['a clock wrong by an hour', { ts: Date.now() - 3_600_000 }, 'clock'],
      ['an unknown app', { appId: 'no-such-app' }, 'sign'],
      ['a wrong sign', { sign: '0'.repeat(64) }, 'sign'],
    ])('P4 %s: register is refused, close 4401, and told why', async (_, fields, reason) => {
      const raw = await open();
      raw.send({ ...RawDevice.registerFrame(sut.run.app, fields) });
      const error = await raw.next('error');
      expect(error).toMatchObject({ code: 'bad_credentials', reason });
      expect(Math.abs(error.serverTime! - Date.now())).toBeLessThan(60_000);
      expect((await raw.closed()).code).toBe(4401);
    });

    test('P5 a nonce seen before is refused, also on another connection', async () => {
      const nonce = `nonce-${Math.random()}`;
      const first = await open();
      first.send({ ...RawDevice.registerFrame(sut.run.app, { nonce }) });
      await first.next('registered');
      await first.end();
      const second = await open();
      second.send({ ...RawDevice.registerFrame(sut.run.app, { nonce }) });
      expect(await second.next('error')).toMatchObject({ code: 'bad_credentials', reason: 'nonce' });
      expect((await second.closed()).code).toBe(4401);
    });

    test('P6 a token of another device or app is refused, close 4401', async () => {
      const one = await open();
      const owner = await one.register(sut.run.app);
      const other = await one.register(sut.run.app);
      await one.end();
      for (const login of [
        { appId: sut.run.app.appId, cid: owner.cid, token: other.token },
        { appId: 'another-app', ...owner },
      ]) {
        const thief = await open();
        thief.send({ t: 'login', seq: 0, ...login });
        expect(await thief.next('error')).toMatchObject({ code: 'bad_credentials', reason: 'token' });
        expect((await thief.closed()).code).toBe(4401);
      }
    });

    test('P7 a frame over 16 KiB closes 4413, text that is not UTF-8 closes 4400, a binary frame is malformed', async () => {
      const large = await open();
      large.sendText(JSON.stringify({ t: 'ping', pad: 'x'.repeat(17_000) }));
      expect((await large.closed()).code).toBe(4413);
      const garbled = await open();
      garbled.sendAsText(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
      expect((await garbled.closed()).code).toBe(4400);
      const binary = await open();
      binary.sendBinary(new Uint8Array([1, 2, 3]));
      expect((await binary.next('error')).code).toBe('bad_frame');
      await binary.end();
    });

    test('P8 pings of both kinds are answered, logout closes 1000', async () => {
      const raw = await open();
      await raw.ping();
      const credentials = await raw.register(sut.run.app);
      await raw.login(sut.run.app.appId, credentials);
      raw.send({ t: 'ping' });
      await raw.next('pong');
      raw.send({ t: 'logout' });
      expect((await raw.closed()).code).toBe(1000);
      await sut.offline(credentials.cid);
    });

    test('P9 unknown fields are ignored', async () => {
      const raw = await open();
      raw.send({ t: 'ping', later: { version: 2 } });
      await raw.next('pong');
      await raw.end();
    });

    test('P10 an event of a message that was never made is refused, and one of a message that was is taken', async () => {
      const raw = await open();
      const credentials = await raw.register(sut.run.app);
      await raw.login(sut.run.app.appId, credentials);
      const task = await sut.upstream.push(credentials.cid, 'shown');
      const { id } = await raw.next('push');
      raw.send({ t: 'event', task, id: `${task}.invented`, action: 'clicked' });
      expect((await raw.next('error')).message).toContain('id');
      raw.send({ t: 'event', task, id, action: 'shown' });
      await waitFor('the event is counted', async () => {
        const { total } = (await sut.upstream.report([task]))[task] ?? {};
        return total?.['display_num'] === 1 && total['click_num'] === 0;
      });
      await raw.end();
    });
  });
}
