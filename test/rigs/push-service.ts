import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { WebPushSubscription } from '../../services/common/protocol/channel-calls.ts';
import { type Certificate, selfSignedCertificate } from './certificate.ts';
import { waitFor } from './process.ts';
import { loopback } from './test-host.ts';

export interface Received {
  /** Names the subscription. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Bytes of the encrypted body. */
  length: number;
  /** What a service worker would read, decrypted with the subscription's own keys. */
  text: string;
}

export type Answer = { status: number; headers?: Record<string, string> } | 'hang';

interface Keys {
  ecdh: ReturnType<typeof createECDH>;
  auth: Buffer;
}

/** A push service (RFC 8030) on loopback with the browsers behind it: it checks who sends, and decrypts as a browser does. */
export class PushService {
  /** What it took, in order. */
  readonly received: Received[] = [];
  /** How often it was asked, whatever it answered. */
  asked = 0;
  /** What it answers to the next requests of a subscription, by its path; then 201. */
  readonly answers = new Map<string, Answer[]>();
  /** Faults in requests: of the signature, of the encryption. */
  readonly faults: string[] = [];
  readonly certificate: Certificate;
  #keys = new Map<string, Keys>();
  #server: ReturnType<typeof createServer>;
  #publicKey: string;
  #name: string;

  private constructor(publicKey: string, certificate: Certificate, name: string) {
    this.#publicKey = publicKey;
    this.#name = name;
    this.certificate = certificate;
    this.#server = createServer(certificate, (request, response) => void this.#take(request, response));
  }

  /**
   * @param publicKey the VAPID key of whoever may send
   * @param host by which name it is reached, and where it listens
   */
  static async start(publicKey: string, certificate = selfSignedCertificate(), host = loopback): Promise<PushService> {
    const service = new PushService(publicKey, certificate, host.name);
    service.#server.listen(0, host.address);
    await once(service.#server, 'listening');
    return service;
  }

  get origin(): string {
    return `https://${this.#name}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A new subscription, as a browser gives it. */
  subscribe(): WebPushSubscription & { expirationTime: null } {
    const ecdh = createECDH('prime256v1');
    const p256dh = ecdh.generateKeys('base64url');
    const auth = randomBytes(16);
    const path = `/push/${randomBytes(8).toString('hex')}`;
    this.#keys.set(path, { ecdh, auth });
    return { endpoint: this.origin + path, expirationTime: null, keys: { p256dh, auth: auth.toString('base64url') } };
  }

  /** What it took for one subscription. */
  of({ endpoint }: Pick<WebPushSubscription, 'endpoint'>): Received[] {
    return this.received.filter(({ path }) => endpoint.endsWith(path));
  }

  answer({ endpoint }: Pick<WebPushSubscription, 'endpoint'>, ...answers: Answer[]): void {
    this.answers.set(new URL(endpoint).pathname, answers);
  }

  /** Resolves with all that it took for a subscription, once that is at least `count`. */
  waitFor(subscription: Pick<WebPushSubscription, 'endpoint'>, count: number, timeoutMs = 15_000): Promise<Received[]> {
    return waitFor(
      `the push service takes ${count} messages`,
      () => this.of(subscription).length >= count && this.of(subscription),
      timeoutMs,
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked++;
    const body = Buffer.concat(await request.toArray());
    const path = request.url ?? '';
    const answer = this.answers.get(path)?.shift() ?? { status: 201 };
    if (answer === 'hang') return;
    try {
      checkSender(request.headers.authorization ?? '', this.origin, this.#publicKey);
      if (request.headers['content-encoding'] !== 'aes128gcm') throw new Error('content-encoding');
      const text = decrypt(body, this.#keys.get(path));
      if (answer.status === 201) this.received.push({ path, headers: request.headers, length: body.length, text });
    } catch (error) {
      this.faults.push(String(error));
    }
    response.writeHead(answer.status, answer.headers).end();
  }
}

/** RFC 8292: `vapid t=JWT, k=KEY`, signed with ES256 for this service, for at most a day. */
function checkSender(authorization: string, origin: string, publicKey: string): void {
  const [, token, key] = /^vapid t=([^,]+), ?k=(\S+)$/.exec(authorization) ?? [];
  if (!token || key !== publicKey) throw new Error(`authorization: ${authorization}`);
  const [head, claims, signature] = token.split('.') as [string, string, string];
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const jwk = { kty: 'EC', crv: 'P-256', x: x!, y: y! };
  const signer = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
  if (!verify('sha256', Buffer.from(`${head}.${claims}`), signer, Buffer.from(signature, 'base64url'))) {
    throw new Error('the signature is wrong');
  }
  const { aud, exp, sub } = JSON.parse(String(Buffer.from(claims, 'base64url'))) as Record<string, unknown>;
  const left = Number(exp) - Date.now() / 1_000;
  if (aud !== origin || !(left > 0 && left <= 86_400) || !/^(mailto:|https:)/.test(String(sub))) {
    throw new Error(`claims: ${JSON.stringify({ aud, exp, sub })}`);
  }
}

/** RFC 8291 over RFC 8188, one record. */
function decrypt(body: Buffer, keys: Keys | undefined): string {
  if (!keys) throw new Error('no such subscription');
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body[20]!);
  const record = body.subarray(21 + body[20]!);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.ecdh.getPublicKey(), sender]);
  const secret = Buffer.from(hkdfSync('sha256', keys.ecdh.computeSecret(sender), keys.auth, info, 32));
  const derive = (what: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${what}\0`, length));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('the padding is wrong');
  return padded.subarray(0, end).toString();
}
