import type { ClientFrame, CredentialFault, ErrorFrame, KickReason, OkFrame, Push, ServerFrame } from '../frames.ts';
import type { StopReason } from './close-policy.ts';
import type { Identity } from './device-state.ts';
import type { Heartbeat } from './heartbeat.ts';

/** A time that never comes. */
export const never = Infinity;

/** Where the connection stands. Times are ms of a monotonic clock; after `until` a phase has taken too long. */
export type Phase =
  | { readonly name: 'starting' }
  /** `until` is `never` while the page sleeps: only a `start` ends that. */
  | { readonly name: 'waiting'; readonly until: number }
  | { readonly name: 'opening'; readonly until: number }
  | { readonly name: 'registering'; readonly until: number }
  | { readonly name: 'loggingIn'; readonly until: number; readonly identity: Identity }
  | {
      readonly name: 'online';
      readonly identity: Identity;
      readonly since: number;
      readonly heartbeat: Heartbeat;
      /** When to leave this node, if it said that it goes away; else `never`. */
      readonly leaveAt: number;
    }
  | { readonly name: 'leaving'; readonly until: number }
  | { readonly name: 'stopped'; readonly reason: StopReason };

export type Online = Extract<Phase, { name: 'online' }>;

export interface Session {
  readonly phase: Phase;
  /** Number of the latest socket; what an earlier one still reports is ignored. */
  readonly socket: number;
  /** Failed tries in a row. */
  readonly attempt: number;
  readonly identity?: Identity | undefined;
  /** A new identity was asked for because the old one was refused: done once, until a welcome. */
  readonly renewed: boolean;
  /** What the latest socket was told before its end. */
  readonly kicked?: KickReason | undefined;
  /** Why the latest socket was refused, if it was told. */
  readonly refused?: CredentialFault | undefined;
  /** Before that the latest socket was told not to come back, whatever the network does; ms, 0 if it was not. */
  readonly notBefore: number;
}

export interface SessionRules {
  /** There is a way to sign a registration. */
  readonly canRegister: boolean;
  /** Signing is asked of somebody who may answer better next time. */
  readonly signMayRecover: boolean;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** A welcome that held so long ends the backoff. */
  readonly stableMs: number;
  readonly openTimeoutMs: number;
  readonly loginTimeoutMs: number;
  /** How long the server may take to answer once the network has changed. */
  readonly probeTimeoutMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export type SessionEvent =
  /** At first, or after `suspend`. @param identity as it is stored now: another page may have changed it meanwhile */
  | { type: 'start'; identity: Identity | undefined }
  | { type: 'opened'; socket: number }
  /** Something unreadable or unknown has no `frame`: it counts as a sign of life. */
  | { type: 'frame'; socket: number; frame: ServerFrame | undefined }
  | { type: 'closed'; socket: number; code: number }
  | { type: 'signed'; socket: number; register: ClientFrame }
  /** `final`: trying again is of no use. */
  | { type: 'signFailed'; socket: number; final: boolean }
  /** The device sent something of its own on this connection. */
  | { type: 'sent' }
  /** The network came or went, or the page is seen again: look again instead of waiting. */
  | { type: 'networkChanged' }
  /** The page is put to sleep: no socket until `start`. */
  | { type: 'suspend' }
  /** Nothing more can be taken in for now. */
  | { type: 'overflow' }
  | { type: 'stop'; reason: StopReason }
  | { type: 'logout' }
  | { type: 'tick' };

export type Effect =
  | { type: 'open'; socket: number }
  /** The socket that there is. */
  | { type: 'close' }
  /** Sign a registration, then come back with `signed` or `signFailed`. */
  | { type: 'sign'; socket: number }
  | { type: 'send'; frame: ClientFrame }
  /** Log in with the positions that are stored for this identity. */
  | { type: 'login'; identity: Identity }
  | { type: 'registered'; identity: Identity }
  | { type: 'welcome'; bseq: number; cid: string }
  /** The server's time, ms since the epoch. */
  | { type: 'time'; serverTime: number }
  | { type: 'push'; push: Push; cid: string }
  /** The server knows no such position: what is stored of it is wrong. */
  | { type: 'forget'; field: 'seq' | 'bseq'; cid: string }
  | { type: 'answer'; frame: OkFrame | ErrorFrame }
  | { type: 'fault'; message: string };

/** A session while an event is worked on: a copy of its own, whose fields may be set. */
export type Draft = { -readonly [Field in keyof Session]: Session[Field] };

export interface Step {
  readonly session: Session;
  readonly effects: readonly Effect[];
}
