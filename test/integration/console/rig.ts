import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { Check } from 'typebox/value';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../../services/common/config.ts';
import { LongwireError } from '../../../services/common/errors.ts';
import { createLog } from '../../../services/common/log.ts';
import type { Right } from '../../../services/common/protocol/operator-calls.ts';
import type { UserMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../../services/common/protocol/user-redis-calls.ts';
import { listen } from '../../../services/common/rpc/app.ts';
import type { Client } from '../../../services/common/rpc/contract.ts';
import { AuditLog } from '../../../services/console/audit-log.ts';
import type { AuditEntry } from '../../../services/console/calls/audit.ts';
import type { Endpoint, Endpoints } from '../../../services/console/calls/endpoint.ts';
import type { ErrorAnswer } from '../../../services/console/calls/errors.ts';
import { calls } from '../../../services/console/calls/index.ts';
import { Config } from '../../../services/console/config.ts';
import { createConsoleApp } from '../../../services/console/edges/http/app.ts';
import type { AnyHandler } from '../../../services/console/handlers/handler.ts';
import { createHandlers } from '../../../services/console/handlers/index.ts';
import { openLooking } from '../../../services/console/looking.ts';
import { createMetrics } from '../../../services/console/metrics.ts';
import { Passwords } from '../../../services/console/passwords.ts';
import { providerOf } from '../../../services/console/provider.ts';
import { Sessions } from '../../../services/console/sessions.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { Seal } from '../../../services/user-mysql/core/sealed.ts';
import { migratedDatabase } from '../user-mysql/fixtures.ts';

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  /** Of a success; undefined if there is none. */
  body: Body;
  error: ErrorAnswer['error'] | undefined;
  text: string;
}

export interface Sent {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

const secrets = 'a-secret-of-internal-calls';

/** A console on a free port, with user-mysql's calls on a database of its own, and a clock that can be turned. */
export class ConsoleRig {
  offsetMs = 0;
  readonly now = (): number => Date.now() + this.offsetMs;
  /** Roles that are away for now. */
  readonly away = new Set<'user-mysql' | 'user-redis' | 'audit'>();
  readonly passwords = new Passwords();
  /** Requests whose answers don't fit their call's schema. */
  readonly misfits: string[] = [];
  readonly #apps: FastifyInstance[] = [];
  mysql!: Client<UserMysqlCalls>;
  sessions!: Sessions;
  url = '';

  /** @param given calls and handlers in place of the console's own */
  static async start(
    env: Record<string, string> = {},
    given: {
      calls?: Endpoints;
      handlers?: Record<string, AnyHandler>;
      pagesDir?: string;
      /** What user-mysql encrypts credentials of channels with. */
      channelKeys?: string[];
    } = {},
  ): Promise<ConsoleRig> {
    const rig = new ConsoleRig();
    const { database } = await migratedDatabase();
    const seal = new Seal(given.channelKeys ?? []);
    const log = { error: () => {} };
    rig.mysql = rig.#unlessAway(createCalls(database, rig.now, { seal, log }), (name) => {
      return rig.away.has('user-mysql') || (name === 'addAudit' && rig.away.has('audit'));
    });
    rig.url = await rig.open(env, given);
    onTestFinished(() => rig.stop());
    return rig;
  }

  /** Opens one more console on the same accounts. */
  async open(env: Record<string, string> = {}, given: Parameters<typeof ConsoleRig.start>[1] = {}): Promise<string> {
    const config = loadConfig(Config, {
      ...{ LONGWIRE_INTERNAL_SECRETS: secrets, LONGWIRE_ADDRESS_LIMIT_EXEMPT: '', LONGWIRE_SECURE_COOKIE: 'false' },
      ...env,
    });
    const log = createLog('console', 'test', 'error');
    const metrics = createMetrics(new Registry());
    const { mysql, passwords, now } = this;
    const redis = this.#unlessAway(fakeRedis, () => this.away.has('user-redis'));
    this.sessions = new Sessions(mysql, config, now);
    const audit = new AuditLog(mysql, { log, metrics, now });
    const isExempt = (address: string): boolean => config.addressLimitExempt.includes(address);
    const provider = providerOf(config, now);
    const { looking, stop } = openLooking({ config, mysql, redis, opsPort: undefined, log, now });
    onTestFinished(stop);
    const own = { mysql, redis, sessions: this.sessions, passwords, provider, looking };
    const deps = { ...own, config, metrics, log, now, isExempt };
    const app = await createConsoleApp({
      calls: given.calls ?? calls,
      handlers: given.handlers ?? createHandlers(deps),
      ...{ sessions: this.sessions, audit, log, metrics, now },
      pagesDir: given.pagesDir ?? '/nowhere',
      secureCookie: config.secureCookie,
      publicUrl: config.publicUrl,
      deviceUrl: config.deviceUrl,
      isTrusted: (address) => config.trustedProxies.includes(address),
    });
    this.#apps.push(app);
    return `http://127.0.0.1:${await listen(app, '127.0.0.1', 0, false)}`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#apps.splice(0).map((app) => app.close()));
  }

  /** An operator with a password that is chosen already. */
  async addOperator(name: string, rights: Right[], password?: string): Promise<string> {
    const passwordHash = password === undefined ? someHash : await this.passwords.hash(password);
    const { operator } = await this.mysql.createOperator({ name, passwordHash, mustChange: false, rights });
    return operator.id;
  }

  async addApp(appId: string, name = appId): Promise<void> {
    await this.mysql.createApp({
      ...{ appId, appKey: `key-${appId}`, masterSecret: 'm', appSecret: 's', name, disabled: false },
    });
  }

  /** Somebody who is signed in, without a word of a password. */
  async visitor(name: string, rights: Right[]): Promise<Visitor> {
    const id = await this.addOperator(name, rights);
    const opened = await this.sessions.open(id, { address: '192.0.2.9', countedAddress: null });
    return new Visitor(this, opened!.token, opened!.signedIn.csrf);
  }

  anonymous(): Visitor {
    return new Visitor(this, undefined, undefined);
  }

  async auditRows(filter: { action?: string; operator?: string } = {}): Promise<Omit<AuditEntry, 'detail'>[]> {
    const { rows } = await this.mysql.listAudit({ before: null, limit: 200, ...filter });
    return rows;
  }

  #unlessAway<C extends object>(client: C, isAway: (name: string) => boolean): Client<UserMysqlCalls & UserRedisCalls> {
    return new Proxy(client, {
      get: (target, name) => {
        const call = target[name as keyof C] as (request: unknown) => Promise<unknown>;
        return async (request: unknown) => {
          if (isAway(String(name))) throw new LongwireError('unavailable', 'nobody is there');
          return call(request);
        };
      },
    }) as unknown as Client<UserMysqlCalls & UserRedisCalls>;
  }
}

/** A hash that no password has. */
const someHash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'B'.repeat(43)}`;

const fakeRedis = {
  quotaUsed: async ({ items }: { items: { name: string }[] }) => ({
    results: items.map(({ name }) => ({ used: name.length })),
  }),
};

/** A browser: one cookie, one token, and pages of the console's own. */
export class Visitor {
  readonly rig: ConsoleRig;
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(rig: ConsoleRig, cookie: string | undefined, csrf: string | undefined) {
    this.rig = rig;
    this.cookie = cookie;
    this.csrf = csrf;
  }

  /** What the pages send; `headers` come in place of theirs, empty ones take them away. */
  async send<Body = Record<string, unknown>>(path: string, sent: Sent = {}, at = this.rig.url): Promise<Answer<Body>> {
    const { method = 'GET', body } = sent;
    const all: Record<string, string> = {
      ...(this.cookie === undefined ? {} : { cookie: `longwire_session=${this.cookie}` }),
      ...(method === 'GET' ? {} : { origin: at, ...(this.csrf === undefined ? {} : { 'x-csrf-token': this.csrf }) }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    };
    const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${at}/console/api${path}`, {
      ...{ method, headers, redirect: 'manual' },
      ...(body === undefined ? {} : { body: text }),
    });
    const answered = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const parsed = isJson ? JSON.parse(answered) : undefined;
    this.#keepCookie(response.headers);
    const answer = { status: response.status, headers: response.headers, text: answered };
    return { ...answer, body: parsed as Body, error: (parsed as Partial<ErrorAnswer> | undefined)?.error };
  }

  /** A call by its name, with its example but for what is given; a success has to fit its schema. */
  async call<Body = Record<string, unknown>>(
    name: keyof typeof calls,
    given: { params?: object; query?: object; body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer<Body>> {
    const endpoint = calls[name] as Endpoint;
    const answer = await this.send<Body>(pathOf(endpoint, given), {
      method: endpoint.method,
      ...(endpoint.body ? { body: given.body ?? endpoint.example.body } : {}),
      ...(given.headers ? { headers: given.headers } : {}),
    });
    if (answer.status === 200 && !(endpoint.answer && Check(endpoint.answer, answer.body))) {
      throw new Error(`the answer of ${name} doesn't fit its schema: ${answer.text}`);
    }
    return answer;
  }

  async signIn(name: string, password: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.call('signIn', { body: { name, password }, headers });
    if (answer.status === 200) this.csrf = answer.body['csrf'] as string;
    return answer;
  }

  #keepCookie(headers: Headers): void {
    const set = headers.getSetCookie().find((one) => one.startsWith('longwire_session='));
    if (set) this.cookie = set.slice('longwire_session='.length).split(';')[0] || undefined;
  }
}

/** A path with its parameters, from the example or in place of it. */
export function pathOf(endpoint: Endpoint, given: { params?: object; query?: object } = {}): string {
  const params = { ...endpoint.example.params, ...given.params } as Record<string, string>;
  const query = { ...endpoint.example.query, ...given.query } as Record<string, string>;
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

export function randomName(): string {
  return `n${randomBytes(6).toString('hex')}`;
}
