import { LongwireError } from '../common/errors.ts';
import type { Logger } from '../common/log.ts';
import { closeCodes } from '../common/protocol/device-frames.ts';
import type { NodeLease, Route } from '../common/protocol/user-redis-calls.ts';
import type { Acks } from './acks.ts';
import type { Admission, Refusal } from './admission.ts';
import type { Blacklist } from './blacklist.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Effect } from './core/effects.ts';
import { encodeFrame } from './core/frames.ts';
import type { ConnectionLimits } from './core/phase.ts';
import type { DeliveryTimes } from './delivery-times.ts';
import type { DeviceCalls } from './device-calls.ts';
import type { DeviceReceipts } from './device-receipts.ts';
import type { EffectHandler, Gateway, Link } from './gateway.ts';
import type { CmMetrics } from './metrics.ts';
import type { PositionField, Positions } from './positions.ts';
import type { AttachItem, AttachResult, Storage } from './storage.ts';

export interface SessionsDeps {
  self: NodeLease;
  admission: Admission;
  blacklist: Pick<Blacklist, 'has'>;
  calls: Pick<DeviceCalls, 'answer'>;
  positions: Pick<Positions, 'exists' | 'highest'>;
  broadcasts: Pick<Broadcasts, 'tailOf' | 'tasksBetween' | 'join' | 'leave' | 'resume'>;
  storage: Storage;
  acks: Acks;
  receipts: DeviceReceipts;
  deliveries: Pick<DeliveryTimes, 'acked'>;
  /** Ends a connection of another node, or of an earlier boot of this one. */
  kick: (route: Route, reason: 'replaced') => void;
  /** Read at each attach: it may change. */
  limits: Pick<ConnectionLimits, 'window'>;
  metrics: CmMetrics;
  now: () => number;
  log: Logger;
}

/** The sessions of devices: login, pulls, acks, events, and what follows when a socket closes. */
export class Sessions implements EffectHandler {
  #deps: SessionsDeps;
  #gateway!: Gateway;
  /** Connections whose view is not whole, to be read again. */
  #waiting = new Set<Link>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** The gateway and its handler need each other: this is said once, at composition. */
  bind(gateway: Gateway): void {
    this.#gateway = gateway;
  }

  handle(link: Link, effect: Exclude<Effect, { do: 'send' | 'ping' | 'close' }>): void {
    switch (effect.do) {
      case 'register':
        this.#background(link, this.#register(link, effect.frame));
        break;
      case 'login':
        this.#background(link, this.#login(link, effect.frame));
        break;
      case 'pull':
        this.#background(link, this.#pull(link, effect));
        break;
      case 'reattach':
        this.#background(link, this.reattach(link));
        break;
      case 'ack':
        this.#acked(effect);
        break;
      case 'finished':
        this.#deps.metrics.acked.inc(effect.tasks.length);
        this.#deps.receipts.arrived(effect, effect.tasks);
        break;
      case 'resume':
        this.#deps.broadcasts.resume(link);
        break;
      case 'sent':
        this.#deps.receipts.sent(effect, effect.tasks);
        break;
      case 'call':
        this.#background(link, this.#call(link, effect));
        break;
      case 'doubt':
        this.#background(link, this.#believed(link, effect.field, effect, effect.position));
        break;
      case 'event':
        void this.#reported(link, effect);
        break;
    }
  }

  left(link: Link, { app, cid }: { app: string; cid: string }): void {
    this.#waiting.delete(link);
    this.#deps.broadcasts.leave(link, app);
    this.#detach(link, cid);
  }

  /** Reads again what waits for its view to become whole; to be called a few times a second. */
  retryWaiting(limit: number): void {
    let count = 0;
    for (const link of this.#waiting) {
      if (++count > limit) break;
      this.#waiting.delete(link);
      this.#gateway.run(link, link.connection.retryPull());
    }
  }

  /**
   * Sets a live connection's route anew and reads its queue. A device that is connected elsewhere by now is let go.
   *
   * @returns whether the route is this connection's.
   */
  async reattach(link: Link): Promise<boolean> {
    const { who, delivery, cursor } = link.connection;
    if (!who || !delivery || !cursor) return false;
    const seq = delivery.finished;
    const { loggedInAt } = link.connection;
    const found = await this.#attach(link, who.cid, seq, { again: true, loggedInAt, bseq: cursor.finished, tail: 0 });
    if (isGone(link)) {
      // It closed meanwhile, and its detach may have come before this attach.
      this.#detach(link, who.cid);
      return false;
    }
    this.#deps.metrics.reattached.inc({ outcome: found.lost ? 'lost' : 'kept' });
    if (found.blacklisted) {
      this.#gateway.run(link, link.connection.kick('blacklisted'));
      return false;
    }
    if (found.lost) {
      this.#gateway.run(link, link.connection.kick('replaced'));
      return false;
    }
    if (found.replaced) this.#deps.kick(found.replaced, 'replaced');
    this.#take(link, found);
    this.#countFinished(who, seq, found);
    return true;
  }

  async #register(link: Link, frame: Extract<Effect, { do: 'register' }>['frame']): Promise<void> {
    const result = await this.#deps.admission.register(frame, link.wire.address);
    const { connection } = link;
    if (result.ok) this.#gateway.run(link, connection.registered(result.cid, result.token, this.#deps.now()));
    else this.#refuse(link, result.refusal);
  }

  async #login(link: Link, frame: Extract<Effect, { do: 'login' }>['frame']): Promise<void> {
    const { admission, acks, broadcasts, metrics, positions, self, receipts, now } = this.#deps;
    const { connection } = link;
    const login = await admission.login(frame, link.wire.address);
    if (isGone(link)) return;
    if (!login.ok) {
      metrics.logins.inc({ outcome: login.refusal.code });
      this.#refuse(link, login.refusal);
      return;
    }
    const { app } = login;
    const { cid } = frame;
    const who = { app, cid };
    const [said, given, tail] = await Promise.all([
      this.#believed(link, 'seq', who, frame.seq),
      frame.bseq === undefined ? undefined : this.#believed(link, 'bseq', who, frame.bseq),
      broadcasts.tailOf(app),
    ]);
    const seq = Math.max(said ?? 0, acks.pendingSeq(cid));
    const loggedInAt = now();
    const found = await this.#attach(link, cid, seq, { again: false, loggedInAt, bseq: given ?? null, tail }).catch(
      (error: unknown) => {
        // Its answer may be lost, not the attach: no route stays that leads nowhere.
        this.#detach(link, cid);
        throw error;
      },
    );
    // It may have been said to an instance that believed it, or be of a bus that is gone.
    const known = found.bseqBefore;
    const before = known !== null && (await positions.exists('bseq', app, known)) ? known : null;
    const forbidden = found.blacklisted ?? (found.unknown && (await this.#deps.blacklist.has(app, cid)));
    if (isGone(link)) {
      this.#detach(link, cid);
      return;
    }
    if (forbidden) {
      this.#detach(link, cid);
      metrics.logins.inc({ outcome: 'forbidden' });
      this.#gateway.run(link, connection.refuse('forbidden', 'the device is blacklisted', closeCodes.forbidden));
      return;
    }
    metrics.logins.inc({ outcome: 'ok' });
    this.#gateway.becameLive(link);
    if (found.replaced) this.#deps.kick(found.replaced, 'replaced');
    const bseq = given ?? before ?? tail;
    const session = `${self.node}-${self.boot}-${link.id}`;
    this.#gateway.run(link, connection.attached(who, session, seq, bseq, found, loggedInAt));
    if (connection.delivery?.waiting) this.#waiting.add(link);
    this.#countFinished(who, seq, found);
    // Of what it has finished since its last login an ack may be lost, with the node that had taken it.
    if (before !== null) receipts.arrived(who, broadcasts.tasksBetween(app, before, bseq));
    if (!connection.closed) broadcasts.join(link, app);
    receipts.loggedIn(who);
  }

  /** The position that a device says it has finished, or undefined where there is none such yet: it is told, and goes on without. */
  async #believed(link: Link, field: PositionField, who: { app: string; cid: string }, said: number) {
    const { positions, metrics, log } = this.#deps;
    const key = field === 'seq' ? who.cid : who.app;
    if (await positions.exists(field, key, said)) return said;
    metrics.badPositions.inc({ field });
    log.warn(
      { cid: who.cid, field, said, highest: positions.highest(field, key) },
      'a device has a position that there is not',
    );
    const message = `${field}: ${said} is beyond the highest position that there is, ${positions.highest(field, key) ?? 'unknown'}`;
    this.#gateway.run(link, link.connection.rejected('bad_position', message, { field }));
    return undefined;
  }

  #refuse(link: Link, { code, message, close, reason, retryAfterMs: after }: Refusal): void {
    const told: Effect[] = after === undefined ? [] : [{ do: 'send', text: encodeFrame({ t: 'reconnect', after }) }];
    const details = reason === undefined ? {} : { reason, serverTime: this.#deps.now() };
    this.#gateway.run(link, [...told, ...link.connection.refuse(code, message, close, details)]);
  }

  async #call(link: Link, { app, cid, frame }: Extract<Effect, { do: 'call' }>): Promise<void> {
    const answer = await this.#deps.calls.answer({ app, cid }, frame);
    this.#gateway.run(link, link.connection.answered(answer));
  }

  async #pull(link: Link, { cid, after, limit }: Extract<Effect, { do: 'pull' }>): Promise<void> {
    this.#deps.metrics.pulls.inc();
    try {
      this.#take(link, await this.#deps.storage.pull({ cid, after, limit }));
    } catch (error) {
      link.connection.delivery?.pullFailed();
      if (!isGone(link)) this.#waiting.add(link);
      throw error;
    }
  }

  #take(link: Link, found: { entries: AttachResult['entries']; more: boolean; ready: boolean }): void {
    if (isGone(link)) return;
    this.#gateway.run(link, link.connection.stored(found, this.#deps.now()));
    if (link.connection.delivery?.waiting) this.#waiting.add(link);
  }

  #acked({ app, cid, seq, sent }: Extract<Effect, { do: 'ack' }>): void {
    const { metrics, deliveries, receipts, acks } = this.#deps;
    const tasks = sent.map(({ task }) => task);
    metrics.acked.inc(tasks.length);
    deliveries.acked(cid, sent);
    receipts.toldArrived(cid, tasks);
    acks.finish({ app, cid, seq, tasks });
  }

  /** What the device had finished and was still queued: an ack of it was lost on the way. */
  #countFinished({ app, cid }: { app: string; cid: string }, seq: number, { finished }: AttachResult): void {
    if (finished.length === 0) return;
    this.#deps.acks.finish({ app, cid, seq, tasks: finished.map((entry) => entry.task) });
  }

  #detach(link: Link, cid: string): void {
    this.#deps.storage.detach({ cid, route: this.#routeOf(link) }).catch((error: unknown) => {
      // The route stays until its time runs out or the device logs in again: routers find no such connection here.
      this.#deps.log.debug({ err: error }, 'detach failed');
    });
  }

  #attach(
    link: Link,
    cid: string,
    seq: number,
    session: Pick<AttachItem, 'again' | 'loggedInAt' | 'bseq' | 'tail'>,
  ): Promise<AttachResult> {
    return this.#deps.storage.attach({
      cid,
      route: this.#routeOf(link),
      seq,
      ...session,
      limit: this.#deps.limits.window,
    });
  }

  #routeOf(link: Link): Route {
    return { node: this.#deps.self.node, boot: this.#deps.self.boot, conn: link.id };
  }

  /** Never rejects. */
  async #reported(link: Link, { app, cid, frame }: Extract<Effect, { do: 'event' }>): Promise<void> {
    const { connection } = link;
    const about = frame.rid === undefined ? {} : { rid: frame.rid };
    if (!this.#deps.admission.knowsMessage(app, frame)) {
      const message = 'id: is not the id of a message of this task';
      this.#gateway.run(link, connection.rejected('bad_frame', message, about));
      return;
    }
    const told = await this.#deps.receipts.reported({ app, cid }, frame);
    if (frame.rid === undefined) return;
    this.#gateway.run(
      link,
      told ? connection.confirmed(frame.rid) : connection.rejected('unavailable', 'try again later', about),
    );
  }

  /** A fault in what was begun for one connection ends that connection at the most. */
  #background(link: Link, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const passing = error instanceof LongwireError && error.retryable;
      this.#deps.log[passing ? 'debug' : 'error']({ conn: link.id, err: error }, 'connection work failed');
      if (link.connection.closed || link.connection.who) return;
      this.#gateway.run(link, link.connection.refuse('unavailable', 'try again later', closeCodes.draining));
    });
  }
}

/** Nothing goes out to it any more, and nothing of what would counts as sent. Its socket may still be closing. */
function isGone({ connection, wire }: Link): boolean {
  return connection.closed || !wire.open;
}
