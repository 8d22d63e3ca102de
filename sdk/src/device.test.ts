import { describe, expect, it } from 'vitest';
import type { PageListener } from './edges/page-changes.ts';
import { DeviceError } from './errors.ts';
import { decodeState } from './storage.ts';
import { deviceRig, pushFrame, storedDevice, TestStorage } from './testing/device-rig.ts';
import { settled } from './testing/manual-clock.ts';
import { defaultTuning } from './tuning.ts';

describe('identity', () => {
  it('registers on the first start and keeps what it got, with the cursor of the welcome', async () => {
    const storage = new TestStorage();
    const rig = deviceRig(storage);
    await settled();
    const socket = rig.last();
    socket.listener.opened();
    await settled();
    expect(socket.sentOf('register')).toHaveLength(1);
    const cid = 'd'.repeat(32);
    socket.frame({ t: 'registered', cid, token: 'new' });
    expect(socket.sentOf('login')).toEqual([{ t: 'login', appId: 'app', cid, token: 'new', seq: 0 }]);
    socket.frame({ t: 'welcome', session: 's', heartbeat: 60, serverTime: 0, window: 32, bseq: 77 });
    await settled();
    expect(rig.device.state).toBe('online');
    expect(rig.device.cid).toBe(cid);
    expect(storage.kept).toEqual({ appId: 'app', cid, token: 'new', seq: 0, bseq: 77, ids: [] });
  });

  it('logs in with what is stored', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    const { cid, token, seq, bseq } = storedDevice;
    expect(socket.sent).toEqual([{ t: 'login', appId: 'app', cid, token, seq, bseq }]);
  });

  it('forgets a position that the server does not know, and takes what comes below it; ids still tell messages apart', async () => {
    const storage = new TestStorage({ ...storedDevice, seq: 5_000, bseq: 900, ids: ['had'] });
    const rig = deviceRig(storage);
    await settled();
    rig.last().listener.opened();
    await settled();
    const socket = rig.last();
    for (const field of ['seq', 'bseq'] as const) {
      socket.frame({ t: 'error', code: 'bad_position', message: `${field}: is beyond`, field });
    }
    socket.frame({ t: 'welcome', session: 's', heartbeat: 60, serverTime: 0, window: 32, bseq: 7 });
    socket.frame(pushFrame('had', { seq: 2 }));
    socket.frame(pushFrame('fresh', { seq: 3 }));
    await settled();
    expect(rig.pushes.map(({ id }) => id)).toEqual(['fresh']);
    expect(storage.kept).toMatchObject({ seq: 3, bseq: 7, ids: ['had', 'fresh'] });
  });

  it.each(['before', 'after'])(
    'acknowledges no position that the server has taken back, where its message is finished %s that',
    async (when) => {
      const ends: (() => void)[] = [];
      const rig = deviceRig(new TestStorage(storedDevice), {
        onPush: () => new Promise((resolve) => ends.push(resolve)),
      });
      const finish = async (): Promise<void> => {
        ends.shift()!();
        await rig.clock.advance(defaultTuning.ackEveryMs);
      };
      const first = await rig.welcome();
      first.frame(pushFrame('broadcast', { bseq: 6 }));
      first.frame(pushFrame('old', { seq: 50 }));
      await settled();
      first.listener.closed(4503);
      await rig.clock.advance(1_000);
      const second = rig.last();
      second.listener.opened();
      await finish();
      if (when === 'before') await finish();
      second.frame({ t: 'error', code: 'bad_position', message: 'seq: is beyond', field: 'seq' });
      await rig.welcome();
      expect(second.sentOf('ack')).toEqual([{ t: 'ack', bseq: 6 }]);
      if (when === 'after') await finish();
      second.frame(pushFrame('new', { seq: 3 }));
      await settled();
      await finish();
      expect(second.sentOf('ack').slice(1)).toEqual([{ t: 'ack', seq: 3 }]);
    },
  );

  it('with a clock an hour off registers in the second try, by the server’s clock, and the app hears why', async () => {
    const rig = deviceRig(new TestStorage());
    await settled();
    rig.last().listener.opened();
    await settled();
    const [first] = rig.last().sentOf('register');
    const serverTime = first!.ts + 3_600_000;
    rig.last().frame({ t: 'error', code: 'bad_credentials', message: 'ts: is off', reason: 'clock', serverTime });
    rig.last().listener.closed(4401);
    expect(rig.device.state).toBe('waiting');
    expect(rig.errors[0]).toMatchObject({ code: 'server_error', message: expect.stringContaining('ts: is off') });
    await rig.clock.advance(1_000);
    rig.last().listener.opened();
    await settled();
    const [second] = rig.last().sentOf('register');
    expect(second!.ts - serverTime).toBeGreaterThanOrEqual(0);
    expect(second!.ts - serverTime).toBeLessThanOrEqual(1_000);
  });

  it('registers nothing while the storage can’t keep it, and does once it can', async () => {
    const storage = new TestStorage();
    storage.save = () => {
      throw new Error('QuotaExceededError');
    };
    const rig = deviceRig(storage);
    await rig.clock.advance(120_000);
    expect(rig.sockets).toHaveLength(0);
    expect(new Set(rig.errors.map(({ code }) => code))).toEqual(new Set(['storage_failed']));
    storage.save = TestStorage.prototype.save;
    await rig.clock.advance(30_000);
    expect(rig.sockets.length).toBeGreaterThan(0);
  });

  it('tells the app its cid when it is stored, and what it was before', async () => {
    const told: unknown[] = [];
    const storage = new TestStorage(storedDevice);
    const onCid = (cid: string, before: string | undefined): void => {
      told.push([cid, before, storage.kept?.cid]);
    };
    const rig = deviceRig(storage, { onCid });
    await settled();
    rig.last().listener.opened();
    rig.last().listener.closed(4401);
    await rig.clock.advance(1_000);
    rig.last().listener.opened();
    await settled();
    const cid = 'd'.repeat(32);
    rig.last().frame({ t: 'registered', cid, token: 'new' });
    await settled();
    expect(told).toEqual([
      [storedDevice.cid, undefined, storedDevice.cid],
      [cid, storedDevice.cid, cid],
    ]);
  });

  it('takes what is stored for another app, or is no state, for nothing', async () => {
    for (const kept of [{ ...storedDevice, appId: 'other' }, { ...storedDevice, seq: -1 }, decodeState('{')]) {
      const rig = deviceRig(new TestStorage(kept));
      await settled();
      expect(rig.errors.map(({ code }) => code)).toEqual(['storage_corrupt']);
      rig.last().listener.opened();
      await settled();
      expect(rig.last().sent.map(({ t }) => t)).toEqual(['register']);
    }
  });

  it('does not take itself for a new device when the storage fails to load', async () => {
    const storage = new TestStorage(storedDevice);
    storage.broken = true;
    const rig = deviceRig(storage);
    await rig.clock.advance(5_000);
    expect(rig.sockets).toHaveLength(0);
    expect(rig.errors[0]?.code).toBe('storage_failed');
    storage.broken = false;
    await rig.clock.advance(30_000);
    rig.last().listener.opened();
    expect(rig.last().sentOf('login')).toHaveLength(1);
  });

  it('after a refused login becomes a new device, whose positions start anew', async () => {
    const storage = new TestStorage(storedDevice);
    let release = (): void => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const rig = deviceRig(storage, { onPush: () => hold });
    const first = await rig.welcome();
    first.frame(pushFrame('old', { seq: 500 }));
    await settled();
    first.listener.closed(4401);
    await rig.clock.advance(1_000);
    const second = rig.last();
    second.listener.opened();
    await settled();
    const cid = 'd'.repeat(32);
    second.frame({ t: 'registered', cid, token: 'new' });
    expect(second.sentOf('login')).toEqual([{ t: 'login', appId: 'app', cid, token: 'new', seq: 0 }]);
    second.frame({ t: 'welcome', session: 's', heartbeat: 60, serverTime: 0, window: 32, bseq: 1 });
    second.frame(pushFrame('new', { seq: 3 }));
    release();
    await settled();
    expect(storage.kept).toMatchObject({ cid, seq: 3, ids: ['new'] });
    expect(second.sentOf('ack')).toEqual([{ t: 'ack', seq: 3 }]);
  });

  it('as a new device acknowledges nothing that the one before had finished', async () => {
    const ends: (() => void)[] = [];
    const rig = deviceRig(new TestStorage(storedDevice), {
      onPush: () => new Promise((resolve) => ends.push(resolve)),
    });
    const first = await rig.welcome();
    first.frame(pushFrame('old', { seq: 500 }));
    await settled();
    first.listener.closed(4401);
    ends[0]!();
    await rig.clock.advance(1_000);
    const second = rig.last();
    second.listener.opened();
    await settled();
    second.frame({ t: 'registered', cid: 'd'.repeat(32), token: 'new' });
    second.frame({ t: 'welcome', session: 's', heartbeat: 60, serverTime: 0, window: 32, bseq: 1 });
    await rig.clock.advance(100);
    expect(second.sent.map(({ t }) => t)).toEqual(['register', 'login']);
  });
});

describe('pushes', () => {
  it('are handled one after another, stored, and only then acknowledged', async () => {
    const storage = new TestStorage(storedDevice);
    const log: string[] = [];
    const ends: (() => void)[] = [];
    const rig = deviceRig(storage, {
      onPush: (push) => {
        log.push(push.id);
        return new Promise((resolve) => ends.push(resolve));
      },
    });
    const socket = await rig.welcome();
    socket.frame(pushFrame('a', { seq: 11 }));
    socket.frame(pushFrame('b', { seq: 12 }));
    await settled();
    expect(log).toEqual(['a']);
    expect(storage.saved).toEqual([]);
    expect(socket.sentOf('ack')).toEqual([]);
    ends[0]!();
    await settled();
    expect(log).toEqual(['a', 'b']);
    expect(storage.kept?.seq).toBe(11);
    expect(socket.sentOf('ack')).toEqual([{ t: 'ack', seq: 11 }]);
  });

  it('that were had before are acknowledged and not handled', async () => {
    const rig = deviceRig(new TestStorage({ ...storedDevice, ids: ['twin'] }));
    const socket = await rig.welcome();
    socket.frame(pushFrame('covered', { seq: 10 }));
    socket.frame(pushFrame('twin', { seq: 15 }));
    socket.frame(pushFrame('covered too', { bseq: 4 }));
    await rig.clock.advance(100);
    expect(rig.pushes).toEqual([]);
    expect(socket.sentOf('ack')[0]).toMatchObject({ seq: 10 });
    expect(socket.sentOf('ack').at(-1)).toMatchObject({ seq: 15, bseq: 4 });
  });

  it('without a position are handled and not acknowledged', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    socket.frame(pushFrame('once', {}));
    await rig.clock.advance(100);
    expect(rig.pushes.map(({ id }) => id)).toEqual(['once']);
    expect(socket.sentOf('ack')).toEqual([]);
  });

  it('close together are acknowledged together', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    for (let seq = 11; seq <= 40; seq++) socket.frame(pushFrame(`m${seq}`, { seq }));
    socket.frame(pushFrame('broadcast', { bseq: 6 }));
    await settled();
    await rig.clock.advance(defaultTuning.ackEveryMs);
    expect(rig.pushes).toHaveLength(31);
    expect(socket.sentOf('ack')).toEqual([
      { t: 'ack', seq: 11 },
      { t: 'ack', seq: 40, bseq: 6 },
    ]);
  });

  it('reach the app once, though the server sends them again after a reconnect', async () => {
    const storage = new TestStorage(storedDevice);
    const log: string[] = [];
    const ends: (() => void)[] = [];
    const rig = deviceRig(storage, {
      onPush: (push) => {
        log.push(push.id);
        return new Promise((resolve) => ends.push(resolve));
      },
    });
    const first = await rig.welcome();
    for (const seq of [11, 12, 13]) first.frame(pushFrame(`m${seq}`, { seq }));
    await settled();
    first.listener.closed(1006);
    await rig.clock.advance(1_000);
    const second = await rig.welcome();
    expect(second.sentOf('login')[0]).toMatchObject({ seq: 10 });
    for (const seq of [11, 12, 13, 14]) second.frame(pushFrame(`m${seq}`, { seq }));
    for (let index = 0; index < 4; index++) {
      ends[index]!();
      await rig.clock.advance(50);
    }
    expect(log).toEqual(['m11', 'm12', 'm13', 'm14']);
    expect(second.sentOf('ack').at(-1)).toEqual({ t: 'ack', seq: 14 });
  });

  it('that the app fails on are tried three times, then counted as handled, with the next one behind them', async () => {
    const tries: string[] = [];
    const rig = deviceRig(new TestStorage(storedDevice), {
      onPush: (push) => {
        tries.push(push.id);
        if (push.id === 'bad') throw new Error('no');
      },
    });
    const socket = await rig.welcome();
    socket.frame(pushFrame('bad', { seq: 11 }));
    socket.frame(pushFrame('good', { seq: 12 }));
    await settled();
    expect(tries).toEqual(['bad']);
    await rig.clock.advance(10_000);
    expect(tries).toEqual(['bad', 'bad', 'bad', 'good']);
    expect(rig.errors.map(({ code }) => code)).toEqual(['handler_failed']);
    expect(socket.sentOf('ack').at(-1)).toEqual({ t: 'ack', seq: 12 });
  });

  it('that the app never finishes do not hold up the others for ever', async () => {
    const tries: string[] = [];
    const rig = deviceRig(new TestStorage(storedDevice), {
      onPush: (push) => {
        tries.push(push.id);
        return push.id === 'stuck' ? new Promise(() => {}) : undefined;
      },
    });
    const socket = await rig.welcome(5, 600);
    socket.frame(pushFrame('stuck', { seq: 11 }));
    socket.frame(pushFrame('next', { seq: 12 }));
    await rig.clock.advance(defaultTuning.handlerTimeoutMs);
    expect(tries).toEqual(['stuck', 'next']);
    expect(rig.errors.map(({ code }) => code)).toEqual(['handler_timeout']);
  });

  it('are neither acknowledged nor followed by others while the storage fails, nor handled twice', async () => {
    const storage = new TestStorage(storedDevice);
    const rig = deviceRig(storage);
    const socket = await rig.welcome(5, 600);
    storage.broken = true;
    socket.frame(pushFrame('a', { seq: 11 }));
    socket.frame(pushFrame('b', { seq: 12 }));
    await rig.clock.advance(20_000);
    expect(rig.pushes.map(({ id }) => id)).toEqual(['a']);
    expect(socket.sentOf('ack')).toEqual([]);
    expect(new Set(rig.errors.map(({ code }) => code))).toEqual(new Set(['storage_failed']));
    storage.broken = false;
    await rig.clock.advance(60_000);
    expect(rig.pushes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(socket.sentOf('ack').at(-1)).toEqual({ t: 'ack', seq: 12 });
  });

  it('beyond the bound close the connection, and come again when it is back', async () => {
    const ends: (() => void)[] = [];
    const log: string[] = [];
    const rig = deviceRig(new TestStorage(storedDevice), {
      tuning: { ...defaultTuning, maxInbox: 3 },
      onPush: (push) => {
        log.push(push.id);
        return new Promise((resolve) => ends.push(resolve));
      },
    });
    const first = await rig.welcome();
    for (let seq = 11; seq <= 13; seq++) first.frame(pushFrame(`m${seq}`, { seq }));
    await settled();
    for (let seq = 14; seq <= 16; seq++) first.frame(pushFrame(`m${seq}`, { seq }));
    expect(rig.errors.map(({ code }) => code)).toEqual(['inbox_full']);
    expect(first.left).toBe(true);
    expect(rig.device.state).toBe('waiting');
    for (let index = 0; index < 4; index++) {
      ends[index]!();
      await settled();
    }
    await rig.clock.advance(1_000);
    const second = await rig.welcome();
    expect(second.sentOf('login')[0]).toMatchObject({ seq: 14 });
    for (let seq = 15; seq <= 16; seq++) second.frame(pushFrame(`m${seq}`, { seq }));
    for (let index = 4; index < 6; index++) {
      await settled();
      ends[index]!();
    }
    await rig.clock.advance(50);
    expect(log).toEqual(['m11', 'm12', 'm13', 'm14', 'm15', 'm16']);
  });

  it('survive garbage around them', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    for (const text of ['', '{', '{"t":"push"}', '{"t":"future"}', 'null']) socket.listener.text(text);
    socket.frame(pushFrame('a', { seq: 11 }));
    await settled();
    expect(rig.pushes.map(({ id }) => id)).toEqual(['a']);
    expect(rig.errors.map(({ code }) => code)).toEqual(['bad_frame', 'bad_frame', 'bad_frame', 'bad_frame']);
  });
});

describe('events', () => {
  const push = { task: 'RASS_1', id: 'm1' };

  it('wait for a connection and are sent after the welcome, in slices', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    for (let index = 0; index < 50; index++) rig.device.event({ ...push, id: `m${index}` }, 'shown');
    const socket = await rig.welcome();
    expect(socket.sentOf('event')).toHaveLength(40);
    await rig.clock.advance(2_000);
    expect(socket.sentOf('event')).toHaveLength(50);
  });

  it('are stored until the server has confirmed them, and sent again after a reconnect and a restart', async () => {
    const storage = new TestStorage(storedDevice);
    const rig = deviceRig(storage);
    const first = await rig.welcome();
    rig.device.event(push, 'shown');
    rig.device.event(push, 'clicked');
    rig.device.event(push, 'clicked');
    expect(first.sentOf('event').map(({ action }) => action)).toEqual(['shown', 'clicked']);
    first.frame({ t: 'ok', rid: first.sentOf('event')[0]!.rid! });
    await settled();
    expect(storage.kept?.events?.map(({ action }) => action)).toEqual(['clicked']);
    first.listener.closed(1006);
    await rig.clock.advance(1_000);
    expect((await rig.welcome()).sentOf('event').map(({ action }) => action)).toEqual(['clicked']);
    await rig.device.close();

    const again = deviceRig(storage);
    const third = await again.welcome();
    expect(third.sentOf('event').map(({ action }) => action)).toEqual(['clicked']);
    third.frame({ t: 'ok', rid: third.sentOf('event')[0]!.rid! });
    await settled();
    expect(storage.kept?.events).toEqual([]);
  });

  it('are in the storage before the call returns: the page may be left at once', async () => {
    const storage = new TestStorage(storedDevice);
    const rig = deviceRig(storage);
    await rig.welcome();
    rig.device.event(push, 'clicked');
    expect(storage.kept?.events).toMatchObject([{ id: 'm1', action: 'clicked' }]);
  });

  it('that the server refuses go, and those that it can’t keep now come again later', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome(5, 600);
    rig.device.event(push, 'shown');
    rig.device.event(push, 'clicked');
    const [shown, clicked] = socket.sentOf('event');
    socket.frame({ t: 'error', code: 'bad_frame', message: 'no such message', rid: shown!.rid! });
    socket.frame({ t: 'error', code: 'unavailable', message: 'later', rid: clicked!.rid! });
    await rig.clock.advance(9_000);
    expect(socket.sentOf('event')).toHaveLength(2);
    await rig.clock.advance(2_000);
    expect(socket.sentOf('event').map(({ action }) => action)).toEqual(['shown', 'clicked', 'clicked']);
    expect(rig.errors.map(({ code }) => code)).toEqual(['event_refused']);
  });

  it('have bounds of bytes and of age', async () => {
    const storage = new TestStorage({
      ...storedDevice,
      events: [{ task: 't', id: 'old', action: 'shown', at: 1_600_000_000_000 }],
    });
    const tuning = { ...defaultTuning, maxEventBytes: 400 };
    const rig = deviceRig(storage, { tuning });
    await settled();
    for (let index = 0; index < 10; index++) rig.device.event({ task: 't'.repeat(50), id: `m${index}` }, 'shown');
    const socket = await rig.welcome();
    expect(socket.sentOf('event').map(({ id }) => id)).toEqual(['m7', 'm8', 'm9']);
    expect(new Set(rig.errors.map(({ code }) => code))).toEqual(new Set(['events_dropped']));
  });

  it('carry the time of the server’s clock, however wrong the device’s is', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    rig.device.event(push, 'shown');
    await settled();
    rig.last().listener.opened();
    await settled();
    const hour = 3_600_000;
    const serverTime = rig.clock.wallNow() + hour;
    rig.last().frame({ t: 'welcome', session: 's', heartbeat: 60, serverTime, window: 32, bseq: 5 });
    expect(rig.last().sentOf('event')[0]!.at).toBe(1_700_000_000_000 + hour);
  });

  it('beyond 1,000 push out the oldest, and the app is told', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    for (let index = 0; index < 1_002; index++) rig.device.event({ task: 't', id: `m${index}` }, 'clicked');
    expect(rig.errors.map(({ code }) => code)).toEqual(['events_dropped', 'events_dropped']);
    const socket = await rig.welcome(5, 600);
    await rig.clock.advance(60_000);
    expect(socket.sentOf('event').map(({ id }) => id)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => `m${index + 2}`),
    );
  });

  it('of an unknown action are refused at once', () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    expect(() => rig.device.event(push, 'custom:7')).toThrow(DeviceError);
  });
});

describe('a page that is put away and comes back', () => {
  it('goes on from what another page has stored meanwhile', async () => {
    const storage = new TestStorage(storedDevice);
    let page: PageListener | undefined;
    const rig = deviceRig(storage, {
      onPageChange: (listener) => {
        page = listener;
        return () => {};
      },
    });
    const first = await rig.welcome();
    first.frame(pushFrame('a', { seq: 11 }));
    await settled();
    page!.suspend();
    expect(first.left).toBe(true);
    expect(rig.device.state).toBe('waiting');
    storage.kept = { ...storage.kept!, seq: 20, bseq: 9, ids: ['a', 'b'] };
    page!.wake();
    page!.wake();
    page!.check();
    const second = await rig.welcome();
    expect(rig.sockets).toHaveLength(2);
    expect(second.sentOf('login')).toMatchObject([{ seq: 20, bseq: 9 }]);
    second.frame(pushFrame('b', { bseq: 9 }));
    second.frame(pushFrame('c', { seq: 21 }));
    await settled();
    expect(rig.pushes.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(storage.kept).toMatchObject({ seq: 21, ids: ['a', 'b', 'c'] });
  });
});

describe('calls', () => {
  it('resolve and reject as the server answers', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    const alias = rig.device.bindAlias('me');
    const tags = rig.device.setTags(['a']);
    socket.frame({ t: 'error', code: 'not_supported', message: 'no', rid: socket.sentOf('tags')[0]!.rid });
    socket.frame({ t: 'ok', rid: socket.sentOf('alias')[0]!.rid });
    await expect(alias).resolves.toBeUndefined();
    await expect(tags).rejects.toMatchObject({ code: 'call_refused' });
  });

  it('hand over the token of a vendor’s channel, and drop it', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    const calls = [rig.device.setChannelToken('fcm', 'a:token'), rig.device.setChannelToken('fcm', null)];
    const sent = socket.sentOf('channel');
    expect(sent.map(({ kind, subscription }) => ({ kind, subscription }))).toEqual([
      { kind: 'fcm', subscription: { token: 'a:token' } },
      { kind: 'fcm', subscription: null },
    ]);
    for (const { rid } of sent) socket.frame({ t: 'ok', rid });
    await Promise.all(calls);
  });

  it('fail without a connection, when it is lost, and when nothing answers', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    await expect(rig.device.bindAlias('me')).rejects.toMatchObject({ code: 'offline' });
    const socket = await rig.welcome();
    const late = expect(rig.device.bindAlias('me')).rejects.toMatchObject({ code: 'timeout' });
    await rig.clock.advance(defaultTuning.callTimeoutMs);
    await late;
    const lost = expect(rig.device.setWebPush(null)).rejects.toMatchObject({ code: 'offline' });
    socket.listener.closed(1006);
    await lost;
  });
});

describe('the end', () => {
  it('close lets the message in hand finish, takes no other, and leaves no timer', async () => {
    const storage = new TestStorage(storedDevice);
    const ends: (() => void)[] = [];
    const rig = deviceRig(storage, { onPush: () => new Promise((resolve) => ends.push(resolve)) });
    const socket = await rig.welcome();
    socket.frame(pushFrame('a', { seq: 11 }));
    socket.frame(pushFrame('b', { seq: 12 }));
    await settled();
    const closed = rig.device.close();
    expect(socket.left).toBe(true);
    expect(rig.device.state).toBe('stopped');
    expect(rig.device.stopReason).toBe('closed');
    ends[0]!();
    await closed;
    await rig.device.close();
    expect(ends).toHaveLength(1);
    expect(storage.kept?.seq).toBe(11);
    expect(rig.clock.timers).toBe(0);
  });

  it('logout acknowledges what is finished, tells the server and waits for its close', async () => {
    const rig = deviceRig(new TestStorage(storedDevice));
    const socket = await rig.welcome();
    socket.frame(pushFrame('a', { seq: 11 }));
    socket.frame(pushFrame('b', { seq: 12 }));
    await settled();
    const done = rig.device.logout();
    expect(socket.sent.slice(-2)).toEqual([{ t: 'ack', seq: 12 }, { t: 'logout' }]);
    socket.listener.closed(1000);
    await done;
    expect(rig.device.stopReason).toBe('logout');
    expect(rig.clock.timers).toBe(0);
  });

  it('tells the app why the server sent it away', async () => {
    const states: string[] = [];
    const rig = deviceRig(new TestStorage(storedDevice), {
      onState: (state, reason) => states.push(reason === undefined ? state : `${state} ${reason}`),
    });
    const socket = await rig.welcome();
    socket.frame({ t: 'kick', reason: 'blacklisted' });
    socket.listener.closed(4403);
    expect(states).toEqual(['connecting', 'online', 'stopped blacklisted']);
    expect(rig.clock.timers).toBe(0);
  });
});
