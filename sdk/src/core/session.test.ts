import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/manual-clock.ts';
import { dueAt, newSession, step } from './session.ts';
import { type Effect, never, type Session, type SessionEvent, type SessionRules } from './session-types.ts';

const identity = { cid: 'c'.repeat(32), token: 'token' };
const rules: SessionRules = {
  canRegister: true,
  signMayRecover: false,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 60_000,
  stableMs: 30_000,
  openTimeoutMs: 15_000,
  loginTimeoutMs: 10_000,
  probeTimeoutMs: 5_000,
  random: () => 0.5,
};

/** A session with its time; `did` holds what the last event led to. */
class Run {
  session: Session = newSession;
  now = 1_000;
  did: readonly Effect[] = [];
  rules: SessionRules;

  constructor(given: Partial<SessionRules> = {}) {
    this.rules = { ...rules, ...given };
  }

  on(event: SessionEvent): this {
    const { session, effects } = step(this.session, event, this.now, this.rules);
    this.session = session;
    this.did = effects;
    return this;
  }

  frame(frame: Extract<SessionEvent, { type: 'frame' }>['frame']): this {
    return this.on({ type: 'frame', socket: this.session.socket, frame });
  }

  opened(): this {
    return this.on({ type: 'opened', socket: this.session.socket });
  }

  closed(code: number): this {
    return this.on({ type: 'closed', socket: this.session.socket, code });
  }

  welcomed(heartbeat = 60): this {
    return this.frame({ t: 'welcome', session: 's', heartbeat, serverTime: 0, window: 32, bseq: 3 });
  }

  online(heartbeat = 60): this {
    return this.on({ type: 'start', identity }).opened().welcomed(heartbeat);
  }

  /** Moves the time to where the session wants a tick. */
  due(): this {
    this.now = dueAt(this.session);
    return this.on({ type: 'tick' });
  }

  get phase(): string {
    return this.session.phase.name;
  }

  get waitMs(): number {
    return dueAt(this.session) - this.now;
  }

  get kinds(): string[] {
    return this.did.map((effect) => effect.type);
  }
}

describe('starting', () => {
  it('registers, then logs in on the same connection', () => {
    const run = new Run().on({ type: 'start', identity: undefined });
    expect(run.did).toEqual([{ type: 'open', socket: 1 }]);
    expect(run.opened().did).toEqual([{ type: 'sign', socket: 1 }]);
    run.frame({ t: 'registered', ...identity });
    expect(run.did).toEqual([
      { type: 'registered', identity },
      { type: 'login', identity },
    ]);
    expect(run.welcomed().did).toEqual([{ type: 'welcome', bseq: 3, cid: identity.cid }]);
    expect(run.phase).toBe('online');
  });

  it('only logs in with a stored identity', () => {
    const run = new Run().on({ type: 'start', identity });
    expect(run.opened().did).toEqual([{ type: 'login', identity }]);
  });

  it('stops where there is no identity and no way to get one', () => {
    const run = new Run({ canRegister: false }).on({ type: 'start', identity: undefined });
    expect(run.session.phase).toEqual({ name: 'stopped', reason: 'cannot_register' });
  });

  it('gives each phase up when it takes too long', () => {
    const opening = new Run().on({ type: 'start', identity });
    expect(opening.waitMs).toBe(15_000);
    expect(opening.due().kinds).toEqual(['close']);
    expect(opening.phase).toBe('waiting');
    const login = new Run().on({ type: 'start', identity }).opened();
    expect(login.waitMs).toBe(10_000);
    expect(login.due().kinds).toEqual(['close']);
    const register = new Run().on({ type: 'start', identity: undefined }).opened();
    expect(register.due().phase).toBe('waiting');
  });

  it('comes back later when the app can not sign now, and stops when it never can', () => {
    const run = new Run().on({ type: 'start', identity: undefined }).opened();
    expect(run.on({ type: 'signFailed', socket: 1, final: false }).phase).toBe('waiting');
    const other = new Run().on({ type: 'start', identity: undefined }).opened();
    expect(other.on({ type: 'signFailed', socket: 1, final: true }).phase).toBe('stopped');
  });
});

describe('close codes', () => {
  it.each([
    [1000, 'logout'],
    [4403, 'forbidden'],
    [4409, 'replaced'],
  ])('%i stops for good as %s', (code, reason) => {
    const run = new Run().online().closed(code);
    expect(run.session.phase).toEqual({ name: 'stopped', reason });
    expect(run.on({ type: 'networkChanged' }).phase).toBe('stopped');
  });

  it.each([4400, 4408, 4413, 4429, 4503, 1006, 1001, 1011])('%i comes back after a backoff', (code) => {
    const run = new Run().online().closed(code);
    expect(run.phase).toBe('waiting');
    expect(run.waitMs).toBe(500);
  });

  it('4401 on login registers anew once, then stops', () => {
    const run = new Run().on({ type: 'start', identity }).opened().closed(4401);
    expect(run.phase).toBe('waiting');
    expect(run.due().opened().kinds).toEqual(['sign']);
    const fresh = { cid: 'd'.repeat(32), token: 'fresh' };
    run.frame({ t: 'registered', ...fresh });
    expect(run.did[1]).toEqual({ type: 'login', identity: fresh });
    expect(run.closed(4401).session.phase).toEqual({ name: 'stopped', reason: 'refused' });
  });

  const refused = (reason: 'clock' | 'nonce' | 'sign' | 'token') =>
    ({ t: 'error', code: 'bad_credentials', message: 'no', reason, serverTime: 1_700_000_000_000 }) as const;

  it.each(['clock', 'nonce'] as const)('4401 because of the %s is tried again, however often', (reason) => {
    const run = new Run().on({ type: 'start', identity: undefined });
    for (let round = 1; round <= 20; round++) {
      run.opened().frame(refused(reason));
      expect(run.did[0]).toEqual({ type: 'time', serverTime: 1_700_000_000_000 });
      expect(run.closed(4401).session.phase.name).toBe('waiting');
      expect(run.due().did).toContainEqual({ type: 'open', socket: round + 1 });
    }
  });

  it('4401 because of the sign stops a device that signs by itself, and is tried again where somebody else signs', () => {
    const own = new Run().on({ type: 'start', identity: undefined }).opened().frame(refused('sign')).closed(4401);
    expect(own.session.phase).toEqual({ name: 'stopped', reason: 'refused' });
    const asked = new Run({ signMayRecover: true }).on({ type: 'start', identity: undefined });
    for (let round = 0; round < 10; round++) asked.opened().frame(refused('sign')).closed(4401).due();
    expect(asked.opened().frame({ t: 'registered', ...identity }).session.phase.name).toBe('loggingIn');
    // A server of before says no reason.
    expect(
      new Run({ signMayRecover: true }).on({ type: 'start', identity: undefined }).opened().closed(4401).phase,
    ).toBe('waiting');
  });

  it('4401 because of the token registers anew once, then stops, whoever signs', () => {
    const run = new Run({ signMayRecover: true }).on({ type: 'start', identity });
    run.opened().frame(refused('token')).closed(4401);
    expect(run.session).toMatchObject({ identity: undefined, phase: { name: 'waiting' } });
    run
      .due()
      .opened()
      .frame({ t: 'registered', ...identity })
      .frame(refused('token'));
    expect(run.closed(4401).session.phase).toEqual({ name: 'stopped', reason: 'refused' });
  });

  it('4401 on login stops where the device can not register, and so does 4401 on register', () => {
    const without = new Run({ canRegister: false }).on({ type: 'start', identity }).opened().closed(4401);
    expect(without.session.phase).toEqual({ name: 'stopped', reason: 'refused' });
    const register = new Run().on({ type: 'start', identity: undefined }).opened().closed(4401);
    expect(register.session.phase).toEqual({ name: 'stopped', reason: 'refused' });
  });

  it('a kick stops the device whatever code follows', () => {
    for (const code of [4409, 4403, 1006]) {
      const run = new Run().online().frame({ t: 'kick', reason: 'replaced' }).closed(code);
      expect(run.session.phase).toEqual({ name: 'stopped', reason: 'replaced' });
    }
  });

  it('a kick stops the device also where nothing is heard of a close after it, whatever ends the connection then', () => {
    const kicked = () =>
      new Run().online().frame({ t: 'reconnect', after: 70_000 }).frame({ t: 'kick', reason: 'replaced' });
    const silent = kicked().due();
    expect(silent.kinds).toEqual(['send']);
    for (const run of [silent.due(), kicked().on({ type: 'suspend' }), kicked().on({ type: 'overflow' })]) {
      expect(run.did).toEqual([{ type: 'close' }]);
      expect(run.session.phase).toEqual({ name: 'stopped', reason: 'replaced' });
    }
  });

  it('a kick on a node that goes away stops the device when the time comes to leave it', () => {
    const run = new Run().online().frame({ t: 'reconnect', after: 700 }).frame({ t: 'kick', reason: 'replaced' }).due();
    expect(run.did).toEqual([{ type: 'close' }]);
    expect(run.session.phase).toEqual({ name: 'stopped', reason: 'replaced' });
  });
});

describe('backoff', () => {
  it('doubles the bound up to 60 s, with full jitter', () => {
    const run = new Run().on({ type: 'start', identity });
    const bounds = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      run.closed(1006);
      bounds.push(run.waitMs * 2);
      run.due();
    }
    expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('spreads over the whole span from 0 to the bound', () => {
    const waits = [];
    const random = seededRandom(1);
    for (let round = 0; round < 200; round++) {
      waits.push(new Run({ random }).on({ type: 'start', identity }).closed(1006).waitMs);
    }
    expect(Math.min(...waits)).toBeLessThan(50);
    expect(Math.max(...waits)).toBeGreaterThan(950);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });

  it('is reset by a welcome that held for 30 s, not by a shorter one', () => {
    const run = new Run().on({ type: 'start', identity });
    for (let attempt = 0; attempt < 3; attempt++) run.closed(1006).due();
    run.opened().welcomed();
    run.now += 29_999;
    expect(run.closed(1006).waitMs).toBe(4_000);
    run.due().opened().welcomed();
    run.now += 30_000;
    expect(run.closed(1006).waitMs).toBe(500);
  });

  it('is cut short when the network changes', () => {
    const run = new Run().on({ type: 'start', identity }).closed(1006);
    expect(run.on({ type: 'networkChanged' }).did).toEqual([{ type: 'open', socket: 2 }]);
  });
});

describe('heartbeat', () => {
  it('pings after a heartbeat without sending, and again after each pong', () => {
    const run = new Run().online();
    expect(run.waitMs).toBe(60_000);
    expect(run.due().did).toEqual([{ type: 'send', frame: { t: 'ping' } }]);
    expect(run.waitMs).toBe(30_000);
    run.frame({ t: 'pong' });
    expect(run.waitMs).toBe(60_000);
    expect(run.due().did).toEqual([{ type: 'send', frame: { t: 'ping' } }]);
  });

  it('reconnects when nothing came for 1.5 heartbeats', () => {
    const run = new Run().online();
    const start = run.now;
    expect(run.due().due().kinds).toEqual(['close']);
    expect(run.now - start).toBe(90_000);
    expect(run.phase).toBe('waiting');
  });

  it('takes any frame for a sign of life, a senseless one too', () => {
    const run = new Run().online().due();
    run.now += 10;
    run.on({ type: 'frame', socket: 1, frame: undefined });
    expect(run.due().did).toEqual([{ type: 'send', frame: { t: 'ping' } }]);
  });

  it('notices a dead server also while this side keeps sending', () => {
    const run = new Run().online();
    const start = run.now;
    while (run.phase === 'online' && run.now - start < 600_000) {
      run.now += 5_000;
      run.on({ type: 'tick' });
      run.on({ type: 'sent' });
    }
    expect(run.now - start).toBe(90_000);
  });

  it('asks at once whether the connection lives when the network changes', () => {
    const run = new Run().online();
    run.now += 100;
    expect(run.on({ type: 'networkChanged' }).did).toEqual([{ type: 'send', frame: { t: 'ping' } }]);
    expect(run.waitMs).toBe(5_000);
    expect(run.frame({ t: 'pong' }).waitMs).toBe(60_000);
  });

  it('is dead after a change of network without an answer, much sooner than by the heartbeat', () => {
    const run = new Run().online().on({ type: 'networkChanged' });
    expect(run.due().kinds).toEqual(['close']);
    expect(run.phase).toBe('waiting');
  });

  it('gives each change of network its time, all of them together half a heartbeat', () => {
    const run = new Run().online();
    const start = run.now;
    for (let passed = 0; passed <= 28_000; passed += 4_000) {
      run.now = start + passed;
      expect(run.on({ type: 'networkChanged' }).waitMs).toBe(Math.min(5_000, 30_000 - passed));
    }
    expect(run.due().now - start).toBe(30_000);
    expect(run.phase).toBe('waiting');
  });

  it('is not given more time by a change of network than the ping that is out already', () => {
    const run = new Run().online().due();
    run.now += 28_000;
    expect(run.on({ type: 'networkChanged' }).waitMs).toBe(2_000);
  });
});

describe('a node that goes away', () => {
  it('is left after the time it named, for a new connection at once', () => {
    const run = new Run().online().frame({ t: 'reconnect', after: 700 });
    expect(run.waitMs).toBe(700);
    expect(run.due().did).toEqual([{ type: 'close' }, { type: 'open', socket: 2 }]);
  });

  it('still delivers until then', () => {
    const run = new Run().online().frame({ t: 'reconnect', after: 700 });
    run.frame({ t: 'push', id: 'm', task: 't', seq: 1, at: 1, exp: 2, transmission: 'x' });
    expect(run.kinds).toEqual(['push']);
  });

  it('that closes before is come back from at that time', () => {
    const run = new Run().online().frame({ t: 'reconnect', after: 700 });
    run.now += 200;
    expect(run.closed(4503).waitMs).toBe(500);
    expect(run.due().kinds).toEqual(['open']);
  });

  it('is not come back to before, whatever else ends the connection and however the network changes', () => {
    for (const end of [{ type: 'closed', socket: 1, code: 4503 }, { type: 'overflow' }] as const) {
      const run = new Run().online().frame({ t: 'reconnect', after: 7_000 }).on(end);
      expect(run.waitMs).toBe(7_000);
      run.now += 6_999;
      expect(run.on({ type: 'networkChanged' }).did).toEqual([]);
      run.now += 1;
      expect(run.on({ type: 'networkChanged' }).kinds).toEqual(['open']);
    }
  });

  it('told before its login is refused, it stays away as long; not the next time', () => {
    const run = new Run().on({ type: 'start', identity }).opened().frame({ t: 'reconnect', after: 70_000 });
    const told = run.now;
    expect(run.closed(4429).session.phase).toEqual({ name: 'waiting', until: told + 70_000 });
    const again = run.due().opened();
    expect(again.closed(4429).session.phase).toEqual({ name: 'waiting', until: told + 71_000 });
  });
});

describe('sockets', () => {
  it('that were left are not listened to', () => {
    const run = new Run().online().frame({ t: 'reconnect', after: 0 }).due();
    expect(run.session.socket).toBe(2);
    const push = { t: 'push', id: 'm', task: 't', seq: 1, at: 1, exp: 2, transmission: 'x' } as const;
    expect(run.on({ type: 'frame', socket: 1, frame: push }).did).toEqual([]);
    expect(run.on({ type: 'closed', socket: 1, code: 4409 }).phase).toBe('opening');
  });

  it('are left for a while when nothing more can be taken in', () => {
    const run = new Run().online().on({ type: 'overflow' });
    expect(run.kinds).toEqual(['close']);
    const push = { t: 'push', id: 'm', task: 't', seq: 1, at: 1, exp: 2, transmission: 'x' } as const;
    expect(run.frame(push).did).toEqual([]);
    expect(run.due().kinds).toEqual(['open']);
  });

  it('are closed by a stop, for good', () => {
    const run = new Run().online().on({ type: 'stop', reason: 'closed' });
    expect(run.kinds).toEqual(['close']);
    expect(dueAt(run.session)).toBe(never);
    expect(run.on({ type: 'stop', reason: 'closed' }).did).toEqual([]);
  });
});

describe('logout', () => {
  it('tells the server and waits for its close', () => {
    const run = new Run().online().on({ type: 'logout' });
    expect(run.did).toEqual([{ type: 'send', frame: { t: 'logout' } }]);
    expect(run.closed(1000).session.phase).toEqual({ name: 'stopped', reason: 'logout' });
  });

  it('ends also when the server does not answer', () => {
    const run = new Run().online().on({ type: 'logout' });
    expect(run.due().session.phase).toEqual({ name: 'stopped', reason: 'logout' });
    expect(run.kinds).toEqual(['close']);
  });

  it('without a connection just stops', () => {
    const run = new Run().online().closed(1006).on({ type: 'logout' });
    expect(run.session.phase).toEqual({ name: 'stopped', reason: 'logout' });
  });
});

describe('a page whose timers are slowed or that sleeps', () => {
  it('is not taken for dead when the tick comes late: it asks once more', () => {
    const run = new Run().online(60).due();
    expect(run.did).toEqual([{ type: 'send', frame: { t: 'ping' } }]);
    run.now = dueAt(run.session)! + 20_000;
    expect(run.on({ type: 'tick' }).did).toEqual([{ type: 'send', frame: { t: 'ping' } }]);
    expect(run.waitMs).toBe(5_000);
    expect(run.frame({ t: 'pong' }).phase).toBe('online');
    expect(run.waitMs).toBe(60_000);
  });

  it('is taken for dead when nothing comes after it asked once more, however late that is noticed', () => {
    const run = new Run().online(60).due();
    for (const late of [20_000, 30_000]) {
      run.now = dueAt(run.session)! + late;
      run.on({ type: 'tick' });
    }
    expect(run.phase).toBe('waiting');
  });

  it('with one timer a minute keeps a connection that answers for a day', () => {
    const run = new Run().online(45);
    for (let minute = 1; minute <= 24 * 60; minute++) {
      run.now = 1_000 + minute * 60_000;
      run.on({ type: 'tick' });
      if (run.did.length > 0) run.frame({ t: 'pong' });
      expect(run.phase).toBe('online');
    }
  });

  it('has no socket and no timer while it is put away, and opens one when it is back', () => {
    const run = new Run().online().on({ type: 'suspend' });
    expect(run.did).toEqual([{ type: 'close' }]);
    expect(dueAt(run.session)).toBe(never);
    expect(run.on({ type: 'networkChanged' }).did).toEqual([]);
    expect(run.on({ type: 'suspend' }).did).toEqual([]);
    const other = { cid: 'e'.repeat(32), token: 'of another page' };
    expect(run.on({ type: 'start', identity: other }).did).toEqual([{ type: 'open', socket: 2 }]);
    expect(run.on({ type: 'start', identity }).did).toEqual([]);
    expect(run.opened().did).toEqual([{ type: 'login', identity: other }]);
  });

  it('that is back before the time that a node has named waits for it', () => {
    const run = new Run().online().frame({ t: 'reconnect', after: 7_000 }).on({ type: 'suspend' });
    run.now += 1_000;
    expect(run.on({ type: 'start', identity }).did).toEqual([]);
    expect(run.waitMs).toBe(6_000);
    expect(run.due().kinds).toEqual(['open']);
  });

  it('opens no second socket beside the first, whatever it is told while it connects', () => {
    const run = new Run().on({ type: 'start', identity });
    for (const type of ['networkChanged', 'networkChanged'] as const) expect(run.on({ type }).did).toEqual([]);
    run.opened();
    expect(run.on({ type: 'networkChanged' }).did).toEqual([]);
    expect(run.session.socket).toBe(1);
  });
});
