import type { Logger } from '../common/log.ts';
import type { Delivery } from '../common/protocol/cm-calls.ts';
import { type CloseCode, closeCodes } from '../common/protocol/device-frames.ts';
import { Connection } from './core/connection.ts';
import type { Effect } from './core/effects.ts';
import { pingFrame } from './core/frame-writer.ts';
import type { ConnectionLimits } from './core/phase.ts';
import { type Timed, TimingWheel } from './core/timing-wheel.ts';
import type { CmMetrics } from './metrics.ts';
import type { Wire } from './ports.ts';

/** A device's connection with its socket, while it is open. */
export interface Link extends Timed {
  readonly id: number;
  readonly wire: Wire;
  readonly connection: Connection;
}

/** Does what a connection's rules ask for beyond its socket. */
export interface EffectHandler {
  handle(link: Link, effect: Exclude<Effect, { do: 'send' | 'ping' | 'close' }>): void;
  /** The socket of a connection that had logged in is closed. */
  left(link: Link, who: { app: string; cid: string }): void;
}

/** Read each time they are needed: they may change. */
export interface GatewayOptions {
  limits: ConnectionLimits;
  room: { maxBufferedBytes: number; maxConnections: number };
  now: () => number;
  /** Whether this node's lease ran out while the process was held up. */
  leaseRanOut: () => boolean;
}

const wheelSlotMs = 500;
const wheelSlots = 1_200;

/** All device connections of this node: carries events to their rules and the rules' effects to sockets. */
export class Gateway {
  #links = new Map<number, Link>();
  #nextId = 1;
  #live = 0;
  #wheel: TimingWheel<Link>;
  #options: GatewayOptions;
  #metrics: CmMetrics;
  #log: Logger;
  #handler: EffectHandler;

  constructor(options: GatewayOptions, handler: EffectHandler, metrics: CmMetrics, log: Logger) {
    this.#options = options;
    this.#handler = handler;
    this.#metrics = metrics;
    this.#log = log;
    this.#wheel = new TimingWheel(wheelSlotMs, wheelSlots, options.now());
  }

  get full(): boolean {
    return this.#links.size >= this.#options.room.maxConnections;
  }

  /** Connections at the most. */
  get limit(): number {
    return this.#options.room.maxConnections;
  }

  counts(): { all: number; live: number } {
    return { all: this.#links.size, live: this.#live };
  }

  /** Connections whose time is awaited: each open one once. */
  get timers(): number {
    return this.#wheel.size;
  }

  link(id: number): Link | undefined {
    return this.#links.get(id);
  }

  *liveLinks(): IterableIterator<Link> {
    for (const link of this.#links.values()) if (link.connection.who) yield link;
  }

  /** Each session looks into its queue, as after a hint. */
  hintAll(): void {
    for (const link of this.#links.values()) this.run(link, link.connection.hinted());
  }

  /** The highest position that went out on each live connection, with the cid of a `seq`, the app of a `bseq`. */
  *positionsSent(field: 'seq' | 'bseq'): IterableIterator<readonly [key: string, position: number]> {
    for (const { connection } of this.#links.values()) {
      const { who, delivery, cursor } = connection;
      if (!who || !delivery || !cursor) continue;
      yield field === 'seq' ? [who.cid, delivery.lastSent] : [who.app, cursor.at];
    }
  }

  all(): Link[] {
    return [...this.#links.values()];
  }

  open(wire: Wire): Link {
    const now = this.#options.now();
    const connection = new Connection(this.#options.limits, now);
    // Without a spread, which V8 gives memory of its own.
    const link: Link = { id: this.#nextId++, wire, connection, before: undefined, after: undefined };
    this.#links.set(link.id, link);
    this.#wheel.schedule(link, link.connection.nextDue());
    return link;
  }

  text(link: Link, text: string): void {
    this.run(link, link.connection.text(text, this.#options.now()));
  }

  binary(link: Link): void {
    this.run(link, link.connection.malformed('the frame is binary, only text frames are allowed'));
  }

  heard(link: Link): void {
    link.connection.heard(this.#options.now());
  }

  /** What a socket received has cost this many frames beside its messages. */
  charge(link: Link, frames: number): void {
    this.run(link, link.connection.charged(frames, this.#options.now()));
  }

  /** A WebSocket ping. One whose sender doesn't read gets no answers beyond its buffer. */
  pinged(link: Link, payload: Buffer): void {
    const { wire, connection } = link;
    connection.heard(this.#options.now());
    if (this.#isFull(wire) && (connection.blocked || !connection.who)) return;
    if (wire.open) wire.pong(payload, this.#blockWhenFull(link));
  }

  /** The socket is closed. */
  closed(link: Link, code: number): void {
    if (!this.#links.delete(link.id)) return;
    this.#wheel.remove(link);
    this.#metrics.closes.inc({ code: codeLabel(code) });
    const { who } = link.connection;
    link.connection.end();
    if (!who) return;
    this.#live--;
    this.#log.debug({ conn: link.id, cid: who.cid, code }, 'device left');
    this.#handler.left(link, who);
  }

  /** A login went well: from now on the connection counts as live. Its next deadline may come sooner than the one of its login. */
  becameLive(link: Link): void {
    this.#live++;
    this.#wheel.schedule(link, this.#options.now());
  }

  deliver(deliveries: Delivery[]): void {
    const now = this.#options.now();
    for (const delivery of deliveries) {
      for (const { conn, prev } of delivery.targets) {
        const link = this.#links.get(conn);
        // Of a socket that is closing nothing is changed: what it doesn't get was not sent.
        if (link?.wire.open) this.run(link, link.connection.offered(delivery, prev, now));
      }
    }
  }

  /** Looks after connections whose time has come; to be called every slot. */
  tick(): void {
    if (this.#closedLate()) return;
    const now = this.#options.now();
    for (const link of this.#wheel.advance(now)) {
      this.run(link, link.connection.due(now));
      this.#await(link);
    }
  }

  run(link: Link, effects: Effect[]): void {
    if (this.#closedLate()) return;
    for (const effect of effects) {
      if (effect.do === 'send') this.#send(link, effect.text);
      else if (effect.do === 'ping') this.#ping(link);
      else if (effect.do === 'close') this.#close(link, effect.code, effect.reason);
      else {
        if (effect.do === 'sent') this.#metrics.pushes.inc(effect.tasks.length);
        this.#handler.handle(link, effect);
      }
    }
  }

  /** A frame that many connections get, or several. @returns whether it went out. */
  sendFrame(link: Link, frame: Buffer): boolean {
    if (this.#closedLate() || !link.wire.open) return false;
    link.wire.sendFrame(frame, this.#blockWhenFull(link));
    return true;
  }

  /**
   * Asked before anything is sent. Devices of a node whose lease ran out unnoticed may be online elsewhere, and what is to be
   * sent to them is old: all connections are closed, and nothing goes out on them any more.
   */
  #closedLate(): boolean {
    if (!this.#options.leaseRanOut()) return false;
    this.#log.warn({ connections: this.#links.size }, 'the lease ran out while the process was held up: closing all');
    for (const link of this.all()) this.#close(link, closeCodes.draining, 'this node was away');
    return true;
  }

  #send(link: Link, text: string): void {
    if (link.wire.open) link.wire.send(text, this.#blockWhenFull(link));
  }

  /**
   * Over the limit the next frame still goes, and the connection waits. @returns what is to be called once that frame is out: the connection is
   * asked again then. Undefined below the limit.
   */
  #blockWhenFull(link: Link): (() => void) | undefined {
    if (!this.#isFull(link.wire)) return undefined;
    const { connection } = link;
    this.run(link, connection.setBlocked(true, this.#options.now()));
    this.#await(link);
    return () => this.run(link, connection.setBlocked(false, this.#options.now()));
  }

  #isFull(wire: Wire): boolean {
    return wire.buffered() > this.#options.room.maxBufferedBytes;
  }

  /** The same two bytes to every connection; none where something waits to be read as it is. */
  #ping({ wire }: Link): void {
    if (wire.open && !this.#isFull(wire)) wire.sendFrame(pingFrame);
  }

  /** One whose socket is closed is awaited no more. */
  #await(link: Link): void {
    if (!link.connection.closed && this.#links.has(link.id)) this.#wheel.schedule(link, link.connection.nextDue());
  }

  #close(link: Link, code: CloseCode, reason: string): void {
    link.wire.close(code, reason);
  }
}

const known = new Set<number>([...Object.values(closeCodes), 1000, 1001, 1002, 1005, 1006, 1007]);

function codeLabel(code: number): string {
  return known.has(code) ? String(code) : 'other';
}
