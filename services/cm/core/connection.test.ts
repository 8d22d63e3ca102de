import { createHash } from 'node:crypto';
import Type from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../common/protocol/user-redis-calls.ts';
import { Config } from '../config.ts';
import { maxCalls } from './call-queue.ts';
import { Connection } from './connection.ts';
import type { Stored } from './delivery.ts';
import type { Effect } from './effects.ts';
import type { ConnectionLimits } from './phase.ts';

const limits: ConnectionLimits = {
  loginMs: 10_000,
  heartbeatSeconds: 60,
  window: 4,
  framesPerSecond: 10,
  frameBurst: 30,
  blockedMs: 5_000,
  reattachMs: 3_600_000,
  sweepMs: 40_000,
};
const start = 1_000_000;
const who = { app: 'app', cid: '0123456789abcdef0123456789abcdef' };
const loginText = JSON.stringify({ t: 'login', appId: who.app, cid: who.cid, token: 'token', seq: 0 });
const nothing: Stored = { entries: [], more: false, ready: true };

const entry = (seq: number): Entry => ({ seq, task: `t${seq}`, exp: start + 1_000_000, body: `{"id":"m${seq}"}` });
const offer = (seq: number | null) => ({ task: 'tx', exp: start + 1_000_000, body: '{"id":"m"}', seq, targets: [] });

function fresh(more: Partial<ConnectionLimits> = {}): Connection {
  return new Connection({ ...limits, ...more }, start);
}

function live(more: Partial<ConnectionLimits> = {}, found = nothing, device = who): Connection {
  const connection = fresh(more);
  connection.text(loginText, start);
  connection.attached(device, 's', 0, 0, found, start);
  return connection;
}

/** Effects in short: a frame's kind (an error's code), a close code, or what else is to be done. */
function short(effects: Effect[]): (string | number)[] {
  return effects.map((effect) => {
    if (effect.do === 'close') return effect.code;
    if (effect.do !== 'send') return effect.do;
    const frame = JSON.parse(effect.text) as { t?: string; code?: string; seq?: number };
    return frame.code ?? frame.t ?? `push ${frame.seq}`;
  });
}

function frame(connection: Connection, value: object, now = start): (string | number)[] {
  return short(connection.text(JSON.stringify(value), now));
}

describe('acks and the allowance of frames', () => {
  test('a thousand messages acknowledged one by one at once close nothing; a flood of acks of nothing is closed', () => {
    const connection = live({ window: 2_000 });
    for (let seq = 1; seq <= 1_000; seq++) connection.offered(offer(seq), seq - 1, start);
    for (let seq = 1; seq <= 1_000; seq++) expect(frame(connection, { t: 'ack', seq })).toEqual(['ack']);
    const answers = Array.from({ length: limits.frameBurst + 1 }, () => frame(connection, { t: 'ack', seq: 1_000 }));
    expect(answers.slice(0, limits.frameBurst - 1).flat()).toEqual([]);
    expect(answers.flat()).toContain(4429);
  });
});

describe('phases', () => {
  test('before login only register, login and ping are served; others are told to log in, with their rid', () => {
    const connection = fresh();
    expect(frame(connection, { t: 'ping' })).toEqual(['pong']);
    expect(frame(connection, { t: 'ack', seq: 1 })).toEqual(['not_logged_in']);
    const [effect] = connection.text('{"t":"tags","rid":7,"set":[]}', start);
    expect(effect).toMatchObject({ do: 'send', text: expect.stringContaining('"rid":7') });
    expect(connection.who).toBeUndefined();
    expect(short(connection.text(loginText, start))).toEqual(['login']);
  });

  test('a login is answered by welcome, then what is stored, then what came meanwhile', () => {
    const connection = fresh();
    connection.text(loginText, start);
    expect(frame(connection, { t: 'ack', seq: 2 })).toEqual([]);
    expect(frame(connection, { t: 'ping' })).toEqual([]);
    const found = { entries: [entry(2), entry(5)], more: false, ready: true };
    const effects = connection.attached(who, 'session', 0, 9, found, start);
    expect(short(effects)).toEqual(['welcome', 'push 2', 'push 5', 'sent', 'ack', 'pong']);
    expect(JSON.parse((effects[0] as { text: string }).text)).toEqual({
      t: 'welcome',
      session: 'session',
      heartbeat: 60,
      serverTime: start,
      window: 4,
      bseq: 9,
    });
    expect(effects[4]).toEqual({ do: 'ack', ...who, seq: 2, sent: [{ seq: 2, task: 't2', at: start }] });
    expect(connection.who).toEqual(who);
  });

  test('register, then login and ack sent without waiting, are done one after another in that order', () => {
    const connection = fresh();
    const register = {
      t: 'register',
      appId: 'app',
      ts: 1,
      nonce: '12345678',
      sign: '0'.repeat(64),
      device: { platform: 'web' },
    };
    expect(frame(connection, register)).toEqual(['register']);
    expect(short(connection.text(loginText, start))).toEqual([]);
    expect(frame(connection, { t: 'ack', seq: 3 })).toEqual([]);
    expect(short(connection.registered(who.cid, 'token', start))).toEqual(['registered', 'login']);
    const found = { entries: [entry(3)], more: false, ready: true };
    expect(short(connection.attached(who, 's', 0, 0, found, start))).toEqual(['welcome', 'push 3', 'sent', 'ack']);
  });

  test('a second login on a live connection is malformed, and changes nothing', () => {
    const connection = live();
    expect(short(connection.text(loginText, start))).toEqual(['bad_frame']);
    expect(connection.who).toEqual(who);
  });

  test('logout closes 1000; a closed connection does nothing any more', () => {
    const connection = live();
    expect(frame(connection, { t: 'logout' })).toEqual([1000]);
    connection.end();
    expect(connection.closed).toBe(true);
    expect(frame(connection, { t: 'ping' })).toEqual([]);
    expect(connection.attached(who, 's', 0, 0, nothing, start)).toEqual([]);
    expect(connection.registered(who.cid, 'token', start)).toEqual([]);
    expect(connection.offered(offer(1), 0, start)).toEqual([]);
    expect(connection.stored({ entries: [entry(1)], more: true, ready: true }, start)).toEqual([]);
    expect([connection.hinted(), connection.retryPull(), connection.due(start * 2)]).toEqual([[], [], []]);
    expect(connection.setBlocked(true, start)).toEqual([]);
    expect(connection.close(1000, '')).toEqual([]);
    expect(connection.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('frames', () => {
  test('three malformed frames in a row close 4400; a good one in between begins anew', () => {
    const connection = live();
    expect(short(connection.text('x', start))).toEqual(['bad_frame']);
    expect(short(connection.text('x', start))).toEqual(['bad_frame']);
    frame(connection, { t: 'ping' });
    expect(short(connection.text('x', start))).toEqual(['bad_frame']);
    expect(short(connection.malformed('binary'))).toEqual(['bad_frame']);
    expect(short(connection.text('x', start))).toEqual(['bad_frame', 4400]);
  });

  test('more frames than the burst close 4429, and time gives new ones', () => {
    const connection = live({ frameBurst: 3, framesPerSecond: 1 });
    const ping = (now: number) => frame(connection, { t: 'ping' }, now);
    expect([ping(start), ping(start), ping(start)]).toEqual([['pong'], ['pong'], ['rate_limited', 4429]]);
    expect(ping(start + 1_000)).toEqual(['pong']);
  });

  test('frames that wait for a login are counted once, when they come', () => {
    const connection = fresh({ frameBurst: 5, framesPerSecond: 1 });
    connection.text(loginText, start);
    for (let count = 0; count < 4; count++) expect(frame(connection, { t: 'ping' })).toEqual([]);
    const effects = connection.attached(who, 's', 0, 0, nothing, start);
    expect(short(effects)).toEqual(['welcome', 'pong', 'pong', 'pong', 'pong']);
  });

  test('at most 16 frames wait for a login; one more closes 4429', () => {
    const connection = fresh();
    connection.text(loginText, start);
    for (let count = 0; count < 16; count++) expect(frame(connection, { t: 'ping' })).toEqual([]);
    expect(frame(connection, { t: 'ping' })).toEqual(['rate_limited', 4429]);
  });

  test('an event is not told to have been in the future; without a time it is now', () => {
    const connection = live();
    const event = { t: 'event', task: 't', id: 'm', action: 'shown' };
    for (const at of [undefined, start + 9]) {
      const [effect] = connection.text(JSON.stringify({ ...event, at }), start);
      expect(effect).toMatchObject({ do: 'event', ...who, frame: { at: start } });
    }
    const [earlier] = connection.text(JSON.stringify({ ...event, at: 5 }), start);
    expect(earlier).toMatchObject({ frame: { at: 5 } });
  });

  test('calls are done one after another, each answered with its rid; too many at once are refused', () => {
    const connection = live({ frameBurst: 100 });
    const call = (rid: number) => connection.text(JSON.stringify({ t: 'tags', rid, set: [`t${rid}`] }), start);
    expect(call(0)).toEqual([{ do: 'call', ...who, frame: { t: 'tags', rid: 0, set: ['t0'] } }]);
    for (let rid = 1; rid < maxCalls; rid++) expect(call(rid)).toEqual([]);
    const [refused] = call(maxCalls);
    expect(JSON.parse((refused as { text: string }).text)).toMatchObject({ code: 'rate_limited', rid: maxCalls });
    for (let rid = 0; rid < maxCalls; rid++) {
      const [answer, next] = connection.answered({ t: 'ok', rid });
      expect(answer).toEqual({ do: 'send', text: `{"t":"ok","rid":${rid}}` });
      if (rid + 1 < maxCalls) expect(next).toMatchObject({ do: 'call', frame: { rid: rid + 1 } });
      else expect(next).toBeUndefined();
    }
    expect(call(99)).toMatchObject([{ do: 'call', frame: { rid: 99 } }]);
    connection.end();
    expect(connection.answered({ t: 'ok', rid: 99 })).toEqual([]);
  });
});

describe('offers and pulls', () => {
  test('DL2 an offer goes out with its position; one over a gap becomes a pull', () => {
    const connection = live();
    const [sent] = connection.offered(offer(3), 0, start);
    expect(sent).toEqual({ do: 'send', text: '{"id":"m","seq":3}' });
    expect(connection.offered(offer(9), 7, start)).toEqual([{ do: 'pull', cid: who.cid, after: 3, limit: 3 }]);
  });

  test('an offer that has expired is not sent', () => {
    const connection = live();
    expect(connection.offered({ ...offer(3), exp: start }, 0, start)).toEqual([]);
  });

  test('what is offered or hinted during a login is pulled right after it', () => {
    for (const tell of [(one: Connection) => one.offered(offer(3), 0, start), (one: Connection) => one.hinted()]) {
      const connection = fresh();
      connection.text(loginText, start);
      expect(tell(connection)).toEqual([]);
      expect(short(connection.attached(who, 's', 0, 0, nothing, start))).toEqual(['welcome', 'pull']);
    }
  });

  test('a message without a position is sent as it is, and not to a socket that is blocked', () => {
    const connection = live();
    expect(connection.offered(offer(null), 0, start)[0]).toEqual({ do: 'send', text: '{"id":"m"}' });
    connection.setBlocked(true, start);
    expect(connection.offered(offer(null), 0, start)).toEqual([]);
  });

  test('an ack is passed on once, up to what was sent, and pulls when it makes room', () => {
    const connection = live({}, { entries: [entry(1), entry(2), entry(3), entry(4)], more: true, ready: true });
    expect(frame(connection, { t: 'ack', seq: 1 })).toEqual(['ack']);
    const [ack, pull] = connection.text('{"t":"ack","seq":99}', start);
    const sent = [2, 3, 4].map((seq) => ({ seq, task: `t${seq}`, at: start }));
    expect(ack).toEqual({ do: 'ack', ...who, seq: 4, sent });
    expect(pull).toEqual({ do: 'pull', cid: who.cid, after: 4, limit: 4 });
    expect(frame(connection, { t: 'ack', seq: 4 })).toEqual([]);
    expect(frame(connection, { t: 'ack' })).toEqual([]);
  });

  test('an ack that finishes nothing that was sent here trims nothing', () => {
    const connection = live({}, { entries: [entry(2), entry(6)], more: false, ready: true });
    expect(frame(connection, { t: 'ack', seq: 1 })).toEqual([]);
    expect(frame(connection, { t: 'ack', seq: 2 })).toEqual(['ack']);
    expect(frame(connection, { t: 'ack', seq: 4 })).toEqual([]);
    expect(frame(connection, { t: 'ack', seq: 6 })).toEqual(['ack']);
  });
});

describe('times', () => {
  test('no login in time closes 4408, also while one is under way', () => {
    const connection = fresh();
    expect(connection.nextDue()).toBe(start + 10_000);
    expect(connection.due(start + 9_999)).toEqual([]);
    expect(short(connection.due(start + 10_000))).toEqual([4408]);
    connection.text(loginText, start + 1);
    expect(connection.nextDue()).toBe(start + 10_000);
    expect(short(connection.due(start + 10_000))).toEqual([4408]);
  });

  test('silence of one and a half heartbeats closes 4408; frames and pings are life', () => {
    const connection = live({ sweepMs: 10_000_000 });
    connection.due(start + 66_000);
    expect(connection.nextDue()).toBe(start + 90_000);
    frame(connection, { t: 'ping' }, start + 50_000);
    connection.due(start + 116_000);
    expect(connection.nextDue()).toBe(start + 140_000);
    connection.heard(start + 60_000);
    connection.due(start + 126_000);
    expect(connection.due(start + 149_999)).toEqual([]);
    expect(short(connection.due(start + 150_000))).toEqual([4408]);
  });

  test('a blocked socket that does not drain in time closes 4429; one that drains pulls what it missed', () => {
    const connection = live();
    expect(connection.setBlocked(true, start + 1)).toEqual([]);
    expect(connection.setBlocked(true, start + 4_000)).toEqual([]);
    expect(connection.nextDue()).toBe(start + 5_001);
    expect(connection.due(start + 5_000)).toEqual([]);
    expect(short(connection.due(start + 5_001))).toEqual([4429]);
    expect(connection.setBlocked(false, start + 5_002)).toEqual([
      { do: 'pull', cid: who.cid, after: 0, limit: 4 },
      { do: 'resume' },
    ]);
  });

  test('a quiet connection looks into its queue, and sets its route anew, when the times for that come', () => {
    const connection = live({ reattachMs: 60_000 }, nothing, { ...who, cid: 'f'.repeat(32) });
    const cid = 'f'.repeat(32);
    expect(Math.ceil(connection.nextDue())).toBe(start + 40_000);
    expect(short(connection.due(start + 40_000))).toEqual(['pull']);
    connection.stored(nothing, start + 40_000);
    expect(Math.ceil(connection.nextDue())).toBe(start + 60_000);
    expect(connection.due(start + 60_000)).toEqual([{ do: 'reattach', cid }]);
    expect(connection.nextDue()).toBe(start + 66_000);
  });

  test('a silent device is sent one ping in time for proxies that give up after 60 s; one that sends its own gets none', () => {
    const { heartbeatSeconds } = Value.Create(Type.Pick(Config, ['heartbeatSeconds']));
    const connection = live({ sweepMs: 10_000_000, heartbeatSeconds });
    const pingAt = connection.nextDue();
    expect(pingAt).toBeGreaterThan(start + heartbeatSeconds * 1_000);
    expect(pingAt).toBeLessThanOrEqual(start + 55_000);
    expect(connection.due(pingAt - 1)).toEqual([]);
    expect(connection.due(pingAt)).toEqual([{ do: 'ping' }]);
    expect(connection.due(pingAt + 5_000)).toEqual([]);
    // Its answer, and whatever else is heard, begins the wait anew.
    connection.heard(pingAt + 5_000);
    expect(connection.nextDue()).toBe(pingAt + 5_000 + (pingAt - start));
    expect(connection.due(2 * pingAt + 5_000 - start)).toEqual([{ do: 'ping' }]);
    expect(short(connection.due(pingAt + 5_000 + heartbeatSeconds * 1_500))).toEqual([4408]);
  });

  test('devices that logged in together set their routes anew, and look, each at a time of its own: spread over half the wait, none later', () => {
    const dayMs = 86_400_000;
    const rng = (index: number) => createHash('sha256').update(`seed 13, ${index}`).digest('hex').slice(0, 32);
    const cids = Array.from({ length: 1_000 }, (_, index) => rng(index));
    for (const what of ['reattachMs', 'sweepMs'] as const) {
      const waits = cids.map((cid) => {
        const far = { reattachMs: 100 * dayMs, sweepMs: 100 * dayMs, [what]: dayMs };
        const connection = live(far, nothing, { ...who, cid });
        connection.heard(start + 99 * dayMs);
        return connection.nextDue() - start;
      });
      const hours = new Map<number, number>();
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(dayMs / 2);
        expect(wait).toBeLessThanOrEqual(dayMs);
        const hour = Math.floor(wait / 3_600_000);
        hours.set(hour, (hours.get(hour) ?? 0) + 1);
      }
      expect(Math.max(...hours.values())).toBeLessThan(150);
    }
  });

  test('a kick says why, then closes: 4409 if replaced, else 4403', () => {
    expect(short(live().kick('replaced'))).toEqual(['kick', 4409]);
    expect(short(live().kick('blacklisted'))).toEqual(['kick', 4403]);
    expect(short(live().kick('admin'))).toEqual(['kick', 4403]);
  });
});
