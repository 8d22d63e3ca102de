import type { AppChannel } from '../../../services/common/protocol/app-channel-calls.ts';
import type { VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import type { appsCalls } from '../../../services/console/calls/apps.ts';
import type { auditCalls } from '../../../services/console/calls/audit.ts';
import type { channelsCalls } from '../../../services/console/calls/channels.ts';
import type { devicesCalls } from '../../../services/console/calls/devices.ts';
import type { AwayRole } from '../../../services/console/calls/errors.ts';
import type { operatorsCalls } from '../../../services/console/calls/operators.ts';
import type { overviewCalls } from '../../../services/console/calls/overview.ts';
import type { sendsCalls } from '../../../services/console/calls/sends.ts';
import type { settingsCalls } from '../../../services/console/calls/settings.ts';
import type { tasksCalls } from '../../../services/console/calls/tasks.ts';
import type { topologyCalls } from '../../../services/console/calls/topology.ts';
import type { virtualDeviceCalls } from '../../../services/console/calls/virtual-device.ts';
import { ConsoleFault, notFound } from '../../../services/console/core/fault.ts';
import { checkOrder } from '../../../services/console/core/push-order.ts';
import type { Handlers } from '../../../services/console/handlers/handler.ts';
import * as samples from './samples.ts';
import { watchOf } from './stand-in.ts';

type SampleCalls = typeof appsCalls &
  typeof auditCalls &
  typeof channelsCalls &
  typeof devicesCalls &
  typeof operatorsCalls &
  typeof overviewCalls &
  typeof sendsCalls &
  typeof settingsCalls &
  typeof tasksCalls &
  typeof topologyCalls &
  typeof virtualDeviceCalls;

export interface SampleDeps {
  pushed: unknown[];
  checks: { count: number };
  /** Those of every app. */
  channels: AppChannel[];
  keepsCredentials: boolean;
  away: () => AwayRole | undefined;
  /** What pushes and dry runs fail with. */
  refusal: () => Error | undefined;
}

/** What answers in the place of the roles. */
export function sampleHandlers(deps: SampleDeps): Handlers<SampleCalls> {
  const { pushed, checks, channels, keepsCredentials, away, refusal } = deps;
  const dropChannel = (kind: VendorKind): void => {
    const at = channels.findIndex((one) => one.kind === kind);
    if (at >= 0) channels.splice(at, 1);
  };
  const need = (role: AwayRole): void => {
    if (away() === role) throw new ConsoleFault('unavailable', 'role_away', { role, params: { role } });
  };
  const allow = (): void => {
    const thrown = refusal();
    if (thrown) throw thrown;
  };
  const appOf = (id: string) => {
    need('user-mysql');
    const found = samples.app(id);
    if (!found) throw notFound('app');
    return found;
  };
  const taskOf = (id: string) => {
    need('user-mysql');
    return samples.taskView(id);
  };
  return {
    listApps: async () => ({ items: samples.apps, next: null }),
    createApp: async ({ body }) => ({
      ...{ appId: 'new-app', name: body.name, appKey: 'key-of-new-app' },
      ...{ masterSecret: 'master-secret-of-new-app', appSecret: 'app-secret-of-new-app' },
    }),
    app: async ({ params }) => appOf(params.app),
    changeApp: async ({ params }) => appOf(params.app),
    testCallback: async () => ({ status: 200, ms: 84, error: null }),
    callbacks: async () => ({
      items: [
        { at: Date.now() - 8_000, status: 200, error: null, records: 41 },
        { at: Date.now() - 60_000, status: null, error: 'no answer in time', failure: 'timeout', records: 12 },
      ],
    }),
    rotateSecret: async () => ({ secret: 'a-new-secret-0001' }),
    channels: async () => ({ items: channels, canSet: keepsCredentials }),
    async setChannel({ body }) {
      need('user-mysql');
      const [kind] = Object.keys(body) as [VendorKind];
      dropChannel(kind);
      const channel = { kind, setAt: Date.now(), shown: { secret: 'sha256:0123456789ab' } };
      channels.push(channel);
      return channel;
    },
    async removeChannel({ params: { kind } }) {
      dropChannel(kind);
      return undefined;
    },
    audit: async () => ({ items: samples.audit(), next: null }),
    listOperators: async () => ({ items: samples.operators, next: null }),
    createOperator: async () => ({ operator: samples.operators[1]!, password: 'one-time-password' }),
    changeOperator: async () => samples.operators[1]!,
    resetPassword: async () => ({ password: 'one-time-password' }),
    overview: {
      answer: async () => samples.overview(),
      watch: (_request, reader) => watchOf(samples.overview, reader),
    },
    history: async () => samples.history(),
    topology: {
      answer: async () => samples.topology(),
      watch: (_request, reader) => watchOf(samples.topology, reader),
    },
    settings: async ({ params }) => samples.settings(params.role),
    async listTasks({ query }) {
      need('user-mysql');
      const begin = Number(query.after ?? 0);
      const limit = query.limit ?? 50;
      const items = Array.from({ length: limit }, (_, index) => samples.task(begin + index));
      return { items, next: begin + limit < samples.taskCount ? String(begin + limit) : null };
    },
    task: {
      answer: async ({ params }) => taskOf(params.task),
      watch: ({ params }, reader) => watchOf(() => taskOf(params.task), reader),
    },
    stopTask: async () => ({ outcome: 'stopped' }),
    recallTask: async () => ({ taskId: 'RASA_recall', devices: null }),
    taskDevices: async () => ({ items: [{ cid: samples.cid, ...samples.timeline() }], next: null }),
    timeline: async () => samples.timeline(),
    async listDevices({ query }) {
      need('user-redis');
      const others = ['2', '3', '4'].map((digit) => samples.device(digit.repeat(32), { online: null, alias: null }));
      if (query.alias !== undefined && query.alias !== 'user_2041') return { items: [], next: null };
      return { items: [samples.device(samples.cid), ...(query.alias === undefined ? others : [])], next: null };
    },
    async device({ params }) {
      need('user-redis');
      return samples.device(params.cid, { queued: 2 });
    },
    async deviceQueue() {
      need('user-redis');
      const message = { kind: 'notification' as const, title: samples.markup, text: 'waits' };
      const item = { seq: 7, taskId: 'RASS_1124_1', message, acceptedAt: Date.now(), expiresAt: Date.now() + 60_000 };
      return { items: [item], next: null, replaying: false };
    },
    deviceEvents: async () => ({
      items: [
        { at: Date.now() - 4_000, event: 'clicked', taskId: 'RASS_1124_1' },
        { at: Date.now() - 9_000, event: 'arrived', taskId: 'RASS_1124_1' },
      ],
      next: null,
      since: null,
    }),
    kickDevice: async () => ({ kicked: true }),
    blacklistDevice: async () => ({ blacklisted: true }),
    unblacklistDevice: async () => ({ blacklisted: false }),
    async push({ body }) {
      need('im');
      allow();
      pushed.push(body);
      return { taskId: 'RASS_1124_49601af0cef855e9641f3379a14e9b3761e0b7f6' };
    },
    async checkPush({ body }) {
      checks.count += 1;
      allow();
      const { faults } = checkOrder(body, Date.now());
      if (faults.length > 0) return { faults, estimate: null, curl: null };
      const curl = [
        'curl -s http://127.0.0.1:8080/v2/demo/push/single/cid \\',
        '  -H "token: $TOKEN" -H "content-type: application/json" \\',
        `  -d '${JSON.stringify(body)}'`,
      ].join('\n');
      return { faults: [], estimate: 1, curl };
    },
    signDevice: async () => ({ sign: '0'.repeat(64) }),
  };
}
