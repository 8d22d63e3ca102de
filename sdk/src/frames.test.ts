import { Compile } from 'typebox/compile';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as contract from '../../services/common/protocol/device-frames.ts';
import { parseFrame } from './core/parse.ts';
import { type ClientFrame, closeCodes, type ServerFrame, subprotocol } from './frames.ts';

const cid = 'c'.repeat(32);

const clientExamples: ClientFrame[] = [
  {
    t: 'register',
    appId: 'app',
    ts: 1_700_000_000_000,
    nonce: 'a'.repeat(32),
    sign: 'a'.repeat(64),
    device: { platform: 'web', model: 'm', os: 'o', sdk: 's' },
  },
  {
    ...{ t: 'register', appId: 'app', ts: 1_700_000_000_000, nonce: 'a'.repeat(32), sign: 'a'.repeat(64) },
    device: { platform: 'web' },
    channel: { kind: 'webpush', subscription: { endpoint: 'https://push.example' } },
  },
  { t: 'login', appId: 'app', cid, token: 'token', seq: 0 },
  { t: 'login', appId: 'app', cid, token: 'token', seq: 2 ** 52, bseq: 7 },
  { t: 'ack', seq: 3 },
  { t: 'ack', seq: 3, bseq: 4 },
  { t: 'event', task: 'RASS_1', id: 'm1', action: 'shown', at: 1_700_000_000_000 },
  { t: 'event', task: 'RASS_1', id: 'm1', action: 'custom:00042' },
  { t: 'alias', rid: '1', op: 'bind', alias: 'me' },
  { t: 'tags', rid: '2', set: ['a', 'b'] },
  { t: 'channel', rid: '3', kind: 'webpush', subscription: { endpoint: 'https://push.example' } },
  { t: 'channel', rid: '4', kind: 'webpush', subscription: null },
  { t: 'ping' },
  { t: 'logout' },
];

const head = { t: 'push', id: 'm1', task: 'RASS_1', at: 1, exp: 2 } as const;
const serverExamples: ServerFrame[] = [
  { t: 'registered', cid, token: 'token' },
  { t: 'welcome', session: 's', heartbeat: 60, serverTime: 1, window: 32, bseq: 0 },
  { ...head, seq: 1, notification: { title: 't', body: 'b', clickType: 'none' } },
  { ...head, bseq: 1, transmission: 'text' },
  { ...head, transmission: '' },
  { ...head, seq: 2, revoke: { task: 'RASS_0', force: false } },
  { t: 'reconnect', after: 0 },
  { t: 'kick', reason: 'replaced' },
  { t: 'ok', rid: '1' },
  { t: 'ok', rid: 1 },
  { t: 'error', code: 'bad_frame', message: 'm' },
  { t: 'error', code: 'not_supported', message: 'm', rid: 'r' },
  { t: 'pong' },
];

describe('frames of the SDK and of the server', () => {
  it('are the same types', () => {
    expectTypeOf<ClientFrame>().toExtend<contract.ClientFrame>();
    expectTypeOf<contract.ClientFrame>().toExtend<ClientFrame>();
    expectTypeOf<ServerFrame>().toExtend<contract.ServerFrame>();
    expectTypeOf<contract.ServerFrame>().toExtend<ServerFrame>();
  });

  it('have the same kinds, close codes and subprotocol', () => {
    expect(new Set(clientExamples.map(({ t }) => t))).toEqual(new Set(Object.keys(contract.clientFrames)));
    expect(new Set(serverExamples.map(({ t }) => t))).toEqual(new Set(Object.keys(contract.serverFrames)));
    expect({ ...closeCodes }).toEqual(contract.closeCodes);
    expect(subprotocol).toBe(contract.subprotocol);
  });

  it.each(clientExamples)('$t fits the schema by which the server reads it', (frame) => {
    expect([...Compile(contract.clientFrames[frame.t]).Errors(frame)]).toEqual([]);
  });

  it.each(serverExamples)('$t fits the schema by which the server writes it, and is read', (frame) => {
    expect([...Compile(contract.serverFrames[frame.t]).Errors(frame)]).toEqual([]);
    expect(parseFrame(JSON.stringify(frame))).toEqual({ frame });
  });
});
