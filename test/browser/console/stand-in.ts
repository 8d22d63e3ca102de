import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { appsCalls } from '../../../services/console/calls/apps.ts';
import { auditCalls } from '../../../services/console/calls/audit.ts';
import { channelsCalls } from '../../../services/console/calls/channels.ts';
import { devicesCalls } from '../../../services/console/calls/devices.ts';
import type { AwayRole } from '../../../services/console/calls/errors.ts';
import { operatorsCalls } from '../../../services/console/calls/operators.ts';
import { overviewCalls } from '../../../services/console/calls/overview.ts';
import { sendsCalls } from '../../../services/console/calls/sends.ts';
import { type Session, sessionCalls } from '../../../services/console/calls/session.ts';
import { settingsCalls } from '../../../services/console/calls/settings.ts';
import { tasksCalls } from '../../../services/console/calls/tasks.ts';
import { topologyCalls } from '../../../services/console/calls/topology.ts';
import { virtualDeviceCalls } from '../../../services/console/calls/virtual-device.ts';
import { ConsoleFault } from '../../../services/console/core/fault.ts';
import { createConsoleApp } from '../../../services/console/edges/http/app.ts';
import type { Handlers, LiveReader, SignedIn } from '../../../services/console/handlers/handler.ts';
import { createMetrics } from '../../../services/console/metrics.ts';
import { sampleHandlers } from './sample-handlers.ts';
import { channels as sampleChannels } from './samples.ts';

export const calls = {
  ...sessionCalls,
  ...operatorsCalls,
  ...auditCalls,
  ...appsCalls,
  ...channelsCalls,
  ...overviewCalls,
  ...topologyCalls,
  ...settingsCalls,
  ...tasksCalls,
  ...devicesCalls,
  ...sendsCalls,
  ...virtualDeviceCalls,
};
export type StandInCalls = typeof calls;

export interface StandInOptions {
  pagesDir: string;
  operator: Session['operator'];
  mustChangePassword?: boolean;
  deviceUrl?: string;
  /** False: user-mysql has no key to encrypt credentials with. */
  keepsCredentials?: boolean;
}

/** The console's own HTTP side with sample answers behind it: for what a real system shows seldom. */
export interface StandIn {
  /** With the slash at its end. */
  readonly url: string;
  readonly password: string;
  /** Bodies of pushes that were accepted, and how many dry runs were made. */
  readonly pushed: unknown[];
  readonly checks: { count: number };
  /** The sessions that there are end, as when they run out. */
  endSessions(): void;
  /** Pushes and dry runs fail with this from now on; undefined: they don't. */
  refuse(thrown: Error | undefined): void;
  /** A role doesn't answer from now on; undefined: all do. */
  away(role: AwayRole | undefined): void;
  stop(): Promise<void>;
}

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const password = 'correct horse battery';
  const tokens = new Map<string, SignedIn>();
  const pushed: unknown[] = [];
  const checks = { count: 0 };
  const channels = sampleChannels();
  const { keepsCredentials = true } = options;
  let away: AwayRole | undefined;
  let refusal: Error | undefined;
  let mustChangePassword = options.mustChangePassword ?? false;
  const sessionOf = ({ operator, csrf, expiresAt }: SignedIn): Session => {
    return { operator, csrf, mustChangePassword, expiresAt, deviceUrl: options.deviceUrl ?? null };
  };
  const open = (setSession: (token: string) => void): Session => {
    const token = randomBytes(16).toString('hex');
    const signedIn: SignedIn = {
      ...{ operator: options.operator, id: token, csrf: randomBytes(16).toString('hex'), mustChangePassword },
      expiresAt: Date.now() + 3_600_000,
    };
    tokens.set(token, signedIn);
    setSession(token);
    return sessionOf(signedIn);
  };
  const session: Handlers<typeof sessionCalls> = {
    signInOptions: async () => ({ oidc: { name: 'Example ID' } }),
    async signIn({ body, setSession }) {
      if (body.password !== password) throw new ConsoleFault('bad_credentials', 'wrong_password');
      return open(setSession);
    },
    session: async ({ signedIn }) => sessionOf(signedIn),
    async signOut({ signedIn, setSession }) {
      tokens.delete(signedIn.id);
      setSession(null);
      return undefined;
    },
    async changePassword({ signedIn, setSession }) {
      tokens.delete(signedIn.id);
      mustChangePassword = false;
      return open(setSession);
    },
  };
  const log = pino({ level: 'silent' });
  const app = await createConsoleApp({
    calls,
    handlers: {
      ...sampleHandlers({ pushed, checks, channels, keepsCredentials, away: () => away, refusal: () => refusal }),
      ...session,
    } as Handlers<StandInCalls>,
    sessions: { find: async (token) => tokens.get(token) ?? null },
    audit: { assertReady: () => {}, write: async () => {} },
    ...{ log, metrics: createMetrics(new Registry()), pagesDir: options.pagesDir, secureCookie: false },
    ...{ publicUrl: undefined, deviceUrl: options.deviceUrl, isTrusted: () => false, now: Date.now },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/console/`,
    ...{ password, pushed, checks },
    endSessions: () => tokens.clear(),
    refuse(thrown) {
      refusal = thrown;
    },
    away(role) {
      away = role;
    },
    stop: () => app.close(),
  };
}

/** Shows a state at once and each second; the answer ends it. */
export function watchOf<Answer>(answer: () => Answer, reader: LiveReader<Answer>): () => void {
  const show = (): void => {
    try {
      reader.show(answer());
    } catch (error) {
      reader.fail(error);
    }
  };
  show();
  const timer = setInterval(show, 1_000);
  return () => clearInterval(timer);
}
