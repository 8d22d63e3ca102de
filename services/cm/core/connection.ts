import type { Delivery as OfferedMessage } from '../../common/protocol/cm-calls.ts';
import {
  type ClientFrame,
  type CloseCode,
  closeCodes,
  type ServerFrames,
} from '../../common/protocol/device-frames.ts';
import { withSeq } from '../../common/protocol/push-frame.ts';
import { BroadcastCursor } from './broadcast-cursor.ts';
import { type CallFrame, CallQueue } from './call-queue.ts';
import { type Heard, nextDeadline, whatIsDue } from './deadlines.ts';
import { Delivery, type Stored } from './delivery.ts';
import type { Effect } from './effects.ts';
import { encodeFrame, parseFrame } from './frames.ts';
import type { ConnectionLimits, Phase, Who } from './phase.ts';
import { TokenBucket } from './token-bucket.ts';

type AckFrame = Extract<ClientFrame, { t: 'ack' }>;
type Live = Extract<Phase, { is: 'live' }>;

/** Frames kept while a register or login is under way; one more closes the connection. */
const maxHeld = 16;
/** Malformed frames in a row that close a connection. */
const maxMalformed = 3;

/** The device protocol's rules for one connection: takes frames, answers and time, returns effects. It does no I/O. */
export class Connection {
  #limits: ConnectionLimits;
  #phase: Phase;
  #heardAt: number;
  /** A ping went out since. */
  #pinged = false;
  #malformed = 0;
  #bucket: TokenBucket;
  /** Made at the first call: most connections make none. */
  #calls: CallQueue | undefined;

  constructor(limits: ConnectionLimits, now: number) {
    this.#limits = limits;
    this.#phase = { is: 'fresh', since: now };
    this.#heardAt = now;
    this.#bucket = new TokenBucket(limits.frameBurst, now);
  }

  get who(): Who | undefined {
    return this.#phase.is === 'live' ? this.#phase.who : undefined;
  }

  get delivery(): Delivery | undefined {
    return this.#phase.is === 'live' ? this.#phase.delivery : undefined;
  }

  /** Where it is in its app's broadcasts. */
  get cursor(): BroadcastCursor | undefined {
    return this.#phase.is === 'live' ? this.#phase.cursor : undefined;
  }

  /** The socket's send buffer is over its limit. */
  get blocked(): boolean {
    return this.#phase.is === 'live' && this.#phase.blockedSince > 0;
  }

  /** When it logged in, ms; 0 if it has not. */
  get loggedInAt(): number {
    return this.#phase.is === 'live' ? this.#phase.loggedInAt : 0;
  }

  get closed(): boolean {
    return this.#phase.is === 'closed';
  }

  /** A WebSocket ping, or anything else that shows life. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#pinged = false;
  }

  /** What came beside whole messages, in frames (`FrameMeter`): of the same allowance. */
  charged(frames: number, now: number): Effect[] {
    const { framesPerSecond, frameBurst } = this.#limits;
    if (this.#phase.is === 'closed' || this.#bucket.take(now, framesPerSecond, frameBurst, frames)) return [];
    return this.refuse('rate_limited', 'too many frames', closeCodes.tooFast);
  }

  text(text: string, now: number): Effect[] {
    const phase = this.#phase;
    if (phase.is === 'closed') return [];
    this.heard(now);
    if (!this.#bucket.take(now, this.#limits.framesPerSecond, this.#limits.frameBurst)) {
      return this.refuse('rate_limited', 'too many frames', closeCodes.tooFast);
    }
    if (phase.is === 'busy') {
      if (phase.held.length >= maxHeld) return this.refuse('rate_limited', 'log in first', closeCodes.tooFast);
      phase.held.push(text);
      return [];
    }
    return this.#read(text, now);
  }

  malformed(fault: string): Effect[] {
    this.#malformed++;
    const error: Effect = send({ t: 'error', code: 'bad_frame', message: fault });
    return this.#malformed < maxMalformed ? [error] : [error, ...this.close(closeCodes.malformed, 'malformed frames')];
  }

  registered(cid: string, token: string, now: number): Effect[] {
    if (this.#phase.is !== 'busy') return [];
    const { since, held } = this.#phase;
    this.#phase = { is: 'fresh', since };
    return [send({ t: 'registered', cid, token }), ...this.#release(held, now)];
  }

  /** The attach of a login came back. @param bseq where the device is in its app's broadcasts. */
  attached(who: Who, session: string, seq: number, bseq: number, found: Stored, now: number): Effect[] {
    if (this.#phase.is !== 'busy') return [];
    const { held, missed } = this.#phase;
    const { heartbeatSeconds, window } = this.#limits;
    const delivery = new Delivery(window, seq);
    this.#phase = {
      is: 'live',
      who,
      delivery,
      cursor: new BroadcastCursor(bseq),
      loggedInAt: now,
      attachedAt: now,
      sweptAt: now,
      blockedSince: 0,
      heartbeatSeconds,
    };
    const welcome = send({
      t: 'welcome',
      session,
      heartbeat: heartbeatSeconds,
      serverTime: now,
      window,
      bseq,
    });
    if (missed) delivery.hint();
    return [welcome, ...this.stored(found, now), ...this.#release(held, now)];
  }

  /** A later attach or a pull came back. */
  stored(found: Stored, now: number): Effect[] {
    if (this.#phase.is !== 'live') return [];
    const { who, delivery } = this.#phase;
    const entries = delivery.stored(found, now);
    const effects: Effect[] = entries.map((entry) => ({ do: 'send', text: withSeq(entry.body, entry.seq) }));
    if (entries.length > 0) effects.push({ do: 'sent', ...who, tasks: entries.map((entry) => entry.task) });
    return [...effects, ...this.pullIfDue()];
  }

  /** A router offers a message. */
  offered(message: OfferedMessage, prev: number, now: number): Effect[] {
    if (this.#phase.is === 'busy') this.#phase.missed = true;
    if (this.#phase.is !== 'live' || message.exp <= now) return [];
    const { who, delivery, blockedSince } = this.#phase;
    if (message.seq === null) {
      return blockedSince > 0 ? [] : pushed(who, message.task, message.body);
    }
    if (!delivery.offer(message.seq, prev, message.task, now)) return this.pullIfDue();
    return pushed(who, message.task, withSeq(message.body, message.seq));
  }

  hinted(): Effect[] {
    if (this.#phase.is === 'busy') this.#phase.missed = true;
    this.delivery?.hint();
    return this.pullIfDue();
  }

  pullIfDue(): Effect[] {
    if (this.#phase.is !== 'live') return [];
    const pull = this.#phase.delivery.nextPull();
    return pull ? [{ do: 'pull', cid: this.#phase.who.cid, ...pull }] : [];
  }

  /** For a connection that waits for its view to become whole, or whose pull failed. */
  retryPull(): Effect[] {
    if (this.#phase.is !== 'live') return [];
    const pull = this.#phase.delivery.retryPull() ?? this.#phase.delivery.nextPull();
    return pull ? [{ do: 'pull', cid: this.#phase.who.cid, ...pull }] : [];
  }

  /** The socket's send buffer is over its limit, or has drained. */
  setBlocked(blocked: boolean, now: number): Effect[] {
    if (this.#phase.is !== 'live' || blocked === this.#phase.blockedSince > 0) return [];
    this.#phase.blockedSince = blocked ? now : 0;
    this.#phase.delivery.setBlocked(blocked);
    return blocked ? [] : [...this.pullIfDue(), { do: 'resume' }];
  }

  /** When `due` wants to be asked next. */
  nextDue(): number {
    return nextDeadline(this.#phase, this.#heard, this.#limits);
  }

  due(now: number): Effect[] {
    switch (whatIsDue(this.#phase, this.#heard, this.#limits, now)) {
      case 'login':
        return this.close(closeCodes.silent, 'no login in time');
      case 'heartbeat':
        return this.close(closeCodes.silent, 'heartbeat missed');
      case 'drain':
        return this.close(closeCodes.tooFast, 'the socket does not drain');
      case 'ping':
        this.#pinged = true;
        return [{ do: 'ping' }];
      case 'reattach':
        return this.#reattach(now);
      case 'sweep':
        return this.#sweep(now);
      case undefined:
        return [];
    }
  }

  refuse(
    code: ServerFrames['error']['code'],
    message: string,
    closeCode: CloseCode,
    details: Pick<ServerFrames['error'], 'reason' | 'serverTime'> = {},
  ): Effect[] {
    return [send({ t: 'error', code, message, ...details }), ...this.close(closeCode, message)];
  }

  /** A frame that is well formed and can't be meant: told, and nothing else. */
  rejected(
    code: ServerFrames['error']['code'],
    message: string,
    about: Pick<ServerFrames['error'], 'field' | 'rid'> = {},
  ): Effect[] {
    if (this.#phase.is === 'closed') return [];
    return [send({ t: 'error', code, message, ...about })];
  }

  /** An event that asked for an answer is on the bus. */
  confirmed(rid: ServerFrames['ok']['rid']): Effect[] {
    return this.#phase.is === 'closed' ? [] : [send({ t: 'ok', rid })];
  }

  /** The call under way has its answer. */
  answered(answer: ServerFrames['ok' | 'error']): Effect[] {
    if (this.#phase.is !== 'live') return [];
    const next = this.#calls?.next();
    return [send(answer), ...(next ? [{ do: 'call' as const, ...this.#phase.who, frame: next }] : [])];
  }

  /** @param after how long its client should stay away, ms. */
  kick(reason: ServerFrames['kick']['reason'], after?: number): Effect[] {
    const code = reason === 'replaced' ? closeCodes.replaced : closeCodes.forbidden;
    const told = send({ t: 'kick', reason, ...(after === undefined ? {} : { after }) });
    return [told, ...this.close(code, reason)];
  }

  close(code: CloseCode, reason: string): Effect[] {
    return this.#phase.is === 'closed' ? [] : [{ do: 'close', code, reason }];
  }

  /** The socket is closed, whoever did it. */
  end(): void {
    this.#phase = { is: 'closed' };
  }

  get #heard(): Heard {
    return { heardAt: this.#heardAt, pinged: this.#pinged };
  }

  #reattach(now: number): Effect[] {
    if (this.#phase.is !== 'live') return [];
    this.#phase.attachedAt = now;
    this.#phase.sweptAt = now;
    return [{ do: 'reattach', cid: this.#phase.who.cid }];
  }

  #sweep(now: number): Effect[] {
    if (this.#phase.is !== 'live') return [];
    this.#phase.sweptAt = now;
    return this.hinted();
  }

  #read(text: string, now: number): Effect[] {
    const parsed = parseFrame(text);
    if (!parsed.ok) return this.malformed(parsed.fault);
    this.#malformed = 0;
    return this.#frame(parsed.frame, now);
  }

  #frame(frame: ClientFrame, now: number): Effect[] {
    const phase = this.#phase;
    if (frame.t === 'ping') return [send({ t: 'pong' })];
    if (phase.is === 'fresh') {
      if (frame.t !== 'register' && frame.t !== 'login') {
        return [send({ t: 'error', code: 'not_logged_in', message: `${frame.t}: log in first`, ...ridOf(frame) })];
      }
      this.#phase = { is: 'busy', since: phase.since, held: [], missed: false };
      return frame.t === 'register' ? [{ do: 'register', frame }] : [{ do: 'login', frame }];
    }
    if (phase.is !== 'live') return [];
    switch (frame.t) {
      case 'register':
      case 'login':
        return this.malformed(`${frame.t}: this connection is logged in already`);
      case 'ack':
        return this.#ack(phase, frame);
      case 'event':
        return [{ do: 'event', ...phase.who, frame: { ...frame, at: Math.min(frame.at ?? now, now) } }];
      case 'logout':
        return this.close(closeCodes.logout, 'logout');
      case 'alias':
      case 'tags':
      case 'channel':
        return this.#call(phase.who, frame);
    }
  }

  #call(who: Who, frame: CallFrame): Effect[] {
    this.#calls ??= new CallQueue();
    const begun = this.#calls.add(frame);
    if (begun) return [{ do: 'call', ...who, frame: begun }];
    if (begun === null) return [];
    return [send({ t: 'error', code: 'rate_limited', message: 'too many calls have no answer yet', rid: frame.rid })];
  }

  #ack({ who, delivery, cursor }: Live, { seq, bseq }: AckFrame): Effect[] {
    const effects: Effect[] = [];
    const sent = seq === undefined ? [] : delivery.ack(seq);
    // Nothing to count, so nothing to trim either: not ahead of an earlier ack that is being counted.
    if (sent.length > 0)
      effects.push({ do: 'ack', app: who.app, cid: who.cid, seq: delivery.finished, sent }, ...this.pullIfDue());
    const tasks = bseq === undefined ? [] : cursor.ack(bseq);
    if (tasks.length > 0) effects.push({ do: 'finished', ...who, tasks });
    // How many of these come is up to what is sent from here, not to the client.
    if (effects.length > 0) this.#bucket.giveBack(this.#limits.frameBurst);
    if (seq !== undefined && seq > delivery.lastSent)
      effects.push({ do: 'doubt', ...who, field: 'seq', position: seq });
    if (bseq !== undefined && bseq > cursor.at) effects.push({ do: 'doubt', ...who, field: 'bseq', position: bseq });
    return effects;
  }

  /** Frames that came in the meantime, in their order. They were heard, and counted as frames, when they came. */
  #release(held: string[], now: number): Effect[] {
    return held.flatMap((text) => {
      if (this.#phase.is !== 'busy') return this.#read(text, now);
      this.#phase.held.push(text);
      return [];
    });
  }
}

function send(frame: ServerFrames[keyof ServerFrames]): Effect {
  return { do: 'send', text: encodeFrame(frame) };
}

function pushed({ app, cid }: Who, task: string, text: string): Effect[] {
  return [
    { do: 'send', text },
    { do: 'sent', app, cid, tasks: [task] },
  ];
}

function ridOf(frame: ClientFrame): { rid?: string | number } {
  return 'rid' in frame && frame.rid !== undefined ? { rid: frame.rid } : {};
}
