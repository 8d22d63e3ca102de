import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { inBlocks } from '../../../services/common/addresses/blocks.ts';
import { Identity } from '../../../services/common/identity.ts';
import { createLog } from '../../../services/common/log.ts';
import { topicsOf } from '../../../services/common/protocol/topics.ts';
import { apiDocument } from '../../../services/im/api/api-document.ts';
import { AuthLimits, type AuthRates } from '../../../services/im/api/auth-limits.ts';
import { type ApiDeps, type ApiLimits, defaultApiLimits } from '../../../services/im/api/deps.ts';
import { endpoints } from '../../../services/im/api/endpoints.ts';
import { createApiMetrics } from '../../../services/im/api/metrics.ts';
import { createApiApp } from '../../../services/im/edges/api/app.ts';
import { AnswerChecker } from '../../rigs/answer-checker.ts';
import { FakeUserRedis } from './fake-user-redis.ts';
import { FakeBus, FakeUserMysql } from './fakes.ts';

export interface Answer {
  http: number;
  code: number;
  msg: string;
  data?: Record<string, unknown>;
}

export const hourMs = 3_600_000;
export const topics = topicsOf('test', 1);
export const masterSecret = 'master-secret-of-the-app';

/** Instances of the API on free ports, over stores in memory that they share, with a clock of their own. */
export class ApiRig {
  offsetMs = 0;
  readonly now = (): number => Date.now() + this.offsetMs;
  readonly userRedis = new FakeUserRedis(this.now);
  readonly userMysql = new FakeUserMysql();
  readonly bus = new FakeBus();
  readonly identity = new Identity(['identity-key-of-tests']);
  readonly registry = new Registry();
  /** Of all instances; may change while they run. */
  readonly limits: ApiLimits = { ...defaultApiLimits };
  /** Nothing that tests of other things could reach; slow, so that a busy machine gives no more than the clock is turned. */
  readonly authRates: AuthRates = {
    ...{ addressAuthsPerSecond: 0.01, addressAuthBurst: 100_000 },
    ...{ addressFailuresPerSecond: 0.01, addressFailureBurst: 100_000 },
  };
  /** Addresses that limits leave alone, and those of proxies. */
  exempt: string[] = [];
  trusted: string[] = [];
  readonly urls: string[] = [];
  /** Connections that were ended, and the error that ending them answers. */
  readonly kicked: number[] = [];
  kickError: Error | undefined;
  #apps: FastifyInstance[] = [];
  #requests = 0;
  readonly #checker = new AnswerChecker(JSON.parse(JSON.stringify(apiDocument(endpoints))));

  addApp(appId: string): string {
    const appKey = `key-of-${appId}`;
    this.userMysql.apps.set(appId, { appId, appKey, masterSecret, appSecret: 's', name: appId, disabled: false });
    return appId;
  }

  /** A device of the app that logged in a day ago and is away now. */
  addDevice(
    appId: string,
    status: Partial<{ online: boolean; depth: number; attachedAt: number | null }> = {},
  ): string {
    const cid = this.identity.issueCid(appId);
    this.userRedis.statuses.set(cid, { online: false, depth: 0, attachedAt: this.now() - 24 * hourMs, ...status });
    this.userMysql.times.set(`${appId}/${cid}`, { registeredAt: this.now() - 48 * hourMs, lastLoginAt: null });
    return cid;
  }

  async start(
    instances = 1,
    limits: Partial<ApiLimits> = {},
    { proxyProtocol = false, room }: Pick<ApiDeps, 'room'> & { proxyProtocol?: boolean } = {},
  ): Promise<this> {
    const metrics = createApiMetrics(this.registry);
    Object.assign(this.limits, limits);
    const isExempt = inBlocks(() => this.exempt);
    for (let index = 0; index < instances; index++) {
      const app = createApiApp({
        userRedis: this.userRedis,
        userMysql: this.userMysql,
        publish: this.bus.publish,
        kick: async (routes) => {
          if (this.kickError) throw this.kickError;
          this.kicked.push(...routes.map(({ conn }) => conn));
        },
        topics,
        routePartitions: 16,
        identity: this.identity,
        tokenKeys: ['token-key-of-tests', 'an-older-token-key'],
        instance: `im-${index}`,
        log: createLog('im', `im-${index}`, 'silent'),
        metrics,
        authLimits: new AuthLimits(this.authRates, isExempt, this.now, metrics.refused),
        ...(room ? { room } : {}),
        proxies: { isExempt, isTrusted: inBlocks(() => this.trusted), proxyProtocol },
        now: this.now,
        appCacheMs: 30_000,
        limits: this.limits,
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      this.#apps.push(app);
      this.urls.push(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
    }
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.close()));
  }

  requestId(): string {
    return `request-${String(++this.#requests).padStart(6, '0')}`;
  }

  authBody(appId: string, skewMs = 0): Record<string, unknown> {
    const timestamp = String(this.now() + skewMs);
    const appkey = `key-of-${appId}`;
    const sign = createHash('sha256')
      .update(appkey + timestamp + masterSecret)
      .digest('hex');
    return { sign, timestamp, appkey };
  }

  async token(appId: string): Promise<string> {
    const answer = await this.call('POST', `/v2/${appId}/auth`, { body: this.authBody(appId) });
    return String(answer.data?.['token']);
  }

  /**
   * One request over HTTP. A body that is text or bytes goes as it is, anything else as JSON.
   *
   * @throws ContractFault if the answer is not as the API document says.
   */
  async call(
    method: string,
    path: string,
    options: { token?: string; body?: unknown; instance?: number; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { body, token } = options;
    const response = await fetch(this.urls[options.instance ?? 0] + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { token } : {}), ...options.headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Omit<Answer, 'http'>;
    this.#checker.check({ method, path, status: response.status, answer });
    return { http: response.status, ...answer };
  }

  /** A body that pushes a text to a cid. */
  pushBody(cid: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      request_id: this.requestId(),
      audience: { cid: [cid] },
      push_message: { transmission: 'hello' },
      ...more,
    };
  }
}
