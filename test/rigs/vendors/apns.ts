import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Certificate } from '../certificate.ts';
import { waitFor } from '../process.ts';
import { loopback } from '../test-host.ts';
import { readJwt } from './jwt.ts';
import { broken, type Taken } from './vendor-server.ts';

export type ApnsTold =
  | { status: number; reason?: string; headers?: Record<string, string> }
  | 'hang'
  | 'cut'
  | 'goaway';

/** What an app sends with. */
export function newApnsKey(topic = 'com.example.demo') {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ', privateKey: pem, topic, production: true };
}

/** Apple's push service on loopback, HTTP/2 alone: it checks what its document demands of each request. */
export class ApnsServer {
  readonly faults: string[] = [];
  readonly taken: Taken[] = [];
  readonly dead = new Set<string>();
  /** Headers of every request, in order. */
  readonly asked: IncomingHttpHeaders[] = [];
  /** Connections that were made. */
  connections = 0;
  now = Date.now;
  #told: ApnsTold[] = [];
  #toldOf = new Map<string, ApnsTold[]>();
  #sessions = new Set<ServerHttp2Session>();
  #server: Http2Server;
  #host = loopback;
  #secure: boolean;
  #credentials: Omit<ReturnType<typeof newApnsKey>, 'privateKey'>;
  #key: KeyObject;

  /** @param certificate for TLS; without one it speaks HTTP/2 in the clear. */
  constructor({ privateKey, ...credentials }: ReturnType<typeof newApnsKey>, certificate?: Certificate) {
    this.#credentials = credentials;
    this.#key = createPublicKey(privateKey);
    this.#secure = certificate !== undefined;
    this.#server = certificate ? createSecureServer({ ...certificate, allowHTTP1: false }) : createServer();
    this.#server.on('session', (session) => {
      this.connections++;
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => {});
    });
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      void this.#take(stream as ServerHttp2Stream, headers);
    });
  }

  async listen(host = loopback): Promise<this> {
    this.#host = host;
    this.#server.listen(0, host.address);
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://${this.#host.name}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What comes of the next requests; of those for one token, with `tellOf`. */
  tell(...told: ApnsTold[]): void {
    this.#told = told;
  }

  tellOf(token: string, ...told: ApnsTold[]): void {
    this.#toldOf.set(token, told);
  }

  of(token: string): Taken[] {
    return this.taken.filter((one) => one.token === token);
  }

  waitFor(token: string, count = 1, timeoutMs = 15_000): Promise<Taken[]> {
    return waitFor(
      `APNs takes ${count} messages for ${token}`,
      () => this.of(token).length >= count && this.of(token),
      timeoutMs,
    );
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const text = Buffer.concat(await stream.toArray().catch(() => [])).toString('utf8');
    this.asked.push(headers);
    const token = /^\/3\/device\/([^/]+)$/.exec(String(headers[':path']))?.[1];
    const told = this.#toldOf.get(token ?? '')?.shift() ?? this.#told.shift();
    if (told === 'hang') return;
    if (told === 'cut') return stream.session?.destroy();
    if (told === 'goaway') stream.session?.goaway(0);
    const { status, reason, headers: more } = typeof told === 'object' ? told : this.#answer(headers, token, text);
    stream.respond({ ':status': status, 'apns-id': 'A-B', ...more });
    stream.end(reason === undefined ? '' : JSON.stringify({ reason }));
  }

  #answer(
    headers: IncomingHttpHeaders,
    token: string | undefined,
    text: string,
  ): { status: number; reason?: string; headers?: Record<string, string> } {
    const { keyId, teamId, topic } = this.#credentials;
    if (headers[':method'] !== 'POST') return { status: 405, reason: 'MethodNotAllowed' };
    if (token === undefined) return { status: 404, reason: 'BadPath' };
    const read = readJwt(/^bearer (.+)$/.exec(headers.authorization ?? '')?.[1], 'ES256', this.#key);
    if (typeof read === 'string') return { status: 403, reason: 'InvalidProviderToken' };
    const ageS = this.now() / 1_000 - Number(read.claims['iat']);
    if (read.header['kid'] !== keyId || read.claims['iss'] !== teamId)
      return { status: 403, reason: 'InvalidProviderToken' };
    if (ageS > 3_600) return { status: 403, reason: 'ExpiredProviderToken' };
    const type = headers['apns-push-type'];
    if (headers['apns-topic'] !== (type === 'voip' ? `${topic}.voip` : topic))
      return { status: 400, reason: 'TopicDisallowed' };
    if (Buffer.byteLength(text) > 4_096) return { status: 413, reason: 'PayloadTooLarge' };
    const body = JSON.parse(text) as { aps: { alert?: { title: string; body: string }; [field: string]: unknown } };
    const background = type === 'background';
    for (const one of broken({
      'a push type': ['alert', 'background', 'voip'].includes(String(type)),
      'a priority': ['10', '5', '1'].includes(String(headers['apns-priority'])),
      'background goes with priority 5': !background || headers['apns-priority'] === '5',
      'background shows nothing': !background || (body.aps['content-available'] === 1 && body.aps.alert === undefined),
      'a collapse id of up to 64 bytes': Buffer.byteLength(String(headers['apns-collapse-id'] ?? '')) <= 64,
      'an expiration in seconds': /^\d{1,10}$/.test(String(headers['apns-expiration'])),
      'an alert': type !== 'alert' || typeof body.aps.alert?.title === 'string',
    })) {
      this.faults.push(one);
    }
    if (this.dead.has(token)) return { status: 410, reason: 'Unregistered' };
    this.taken.push({
      token,
      title: body.aps.alert?.title ?? '',
      body: body.aps.alert?.body ?? '',
      request: { ...body },
    });
    return { status: 200 };
  }
}
