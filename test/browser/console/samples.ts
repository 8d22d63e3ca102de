import type { AppChannel } from '../../../services/common/protocol/app-channel-calls.ts';
import type { AppDetail } from '../../../services/console/calls/apps.ts';
import type { AuditEntry } from '../../../services/console/calls/audit.ts';
import type { DeviceView } from '../../../services/console/calls/devices.ts';
import type { Operator } from '../../../services/console/calls/operators.ts';
import type { History, InstanceView, Overview } from '../../../services/console/calls/overview.ts';
import type { InstanceSettings } from '../../../services/console/calls/settings.ts';
import type { TaskItem, TaskView, Timeline } from '../../../services/console/calls/tasks.ts';
import type { Topology } from '../../../services/console/calls/topology.ts';
import { seededRandom } from '../../rigs/seeded-random.ts';

/** Answers as a busy system gives them, the same at every run but for the time. */
export const markup = '<img src=x onerror="document.title=1">';
export const cid = '15fa726744ffcef519457d9e20aa34a5';
const minute = 60_000;
const hour = 60 * minute;

function instance(name: string, changes: Partial<InstanceView> = {}): InstanceView {
  const since = Date.now() - 26 * hour;
  return { name, state: 'ready', since, faults: [], cpu: 0.18, rssBytes: 121e6, connections: null, ...changes };
}

const instances: Overview['roles'] = [
  {
    role: 'im',
    instances: [instance('im-1', { cpu: 0.34, rssBytes: 148e6 }), instance('im-2', { cpu: 0.31, rssBytes: 151e6 })],
  },
  {
    role: 'cm',
    instances: [
      instance('cm-1', { cpu: 0.22, rssBytes: 412e6, connections: 21_408 }),
      instance('cm-2', { cpu: 0.24, rssBytes: 405e6, connections: 20_932 }),
      instance('cm-3', {
        state: 'hung',
        since: Date.now() - 4 * minute,
        faults: ['event_loop'],
        connections: 0,
        cpu: 1,
      }),
    ],
  },
  { role: 'user-redis', instances: [instance('user-redis-1', { cpu: 0.41 }), instance('user-redis-2', { cpu: 0.39 })] },
  { role: 'user-mysql', instances: [instance('user-mysql-1', { cpu: 0.12 })] },
  { role: 'console', instances: [instance('console-1', { cpu: 0.02, rssBytes: 96e6 })] },
];

export function overview(): Overview {
  return {
    at: Date.now(),
    roles: instances,
    unread: 0,
    rates: {
      ...{ connections: 42_340, loginsPerS: 31, callsPerS: 212 },
      ...{ acceptedPerS: 1_208, deliveredPerS: 1_190, ackedPerS: 1_187 },
    },
    latency: {
      ...{ acceptP50Ms: 3.2, acceptP99Ms: 11.8, deliveryP50Ms: 7.4, deliveryP99Ms: 38 },
      ...{ ackP50Ms: 41, ackP99Ms: 320 },
    },
    busLag: [
      { group: 'router', topic: 'route', records: 143 },
      { group: 'planner', topic: 'task', records: 0 },
      { group: 'statistics', topic: 'receipt', records: 1_902 },
    ],
    replaying: 0,
  };
}

/** An hour with a push to many in its middle. */
export function history(): History {
  const random = seededRandom(7);
  const points = 720;
  const burst = (at: number): number => Math.exp(-(((at - 430) / 26) ** 2)) + 0.6 * Math.exp(-(((at - 120) / 40) ** 2));
  const series = (base: number, high: number, noise: number): number[] =>
    Array.from({ length: points }, (_, at) => base + high * burst(at) + noise * (random() - 0.5));
  return {
    stepS: 5,
    from: Date.now() - points * 5_000,
    series: {
      connections: Array.from({ length: points }, (_, at) => Math.round(40_800 + at * 2.1 + 160 * random())),
      acceptedPerS: series(900, 5_200, 180),
      deliveredPerS: series(880, 4_700, 190),
      ackedPerS: series(870, 4_500, 200),
      acceptP50Ms: series(3, 2, 0.6),
      acceptP99Ms: series(11, 30, 4),
      deliveryP50Ms: series(7, 9, 1.6),
      deliveryP99Ms: series(34, 160, 14),
      busLag: series(260, 9_000, 240).map((value) => Math.max(0, Math.round(value))),
      cpuIm: series(0.5, 0.9, 0.05),
      cpuCm: series(0.4, 0.7, 0.05),
      cpuUserRedis: series(0.7, 1.1, 0.06),
      cpuUserMysql: series(0.1, 0.3, 0.02),
    },
    source: 'own',
    prometheusAway: false,
  };
}

export function topology(): Topology {
  const of = (role: string): InstanceView[] => instances.find((one) => one.role === role)?.instances ?? [];
  const im = of('im');
  const arrow = (
    from: Topology['arrows'][number]['from'],
    to: Topology['arrows'][number]['to'],
    unit: Topology['arrows'][number]['unit'],
    ...[perS, p50Ms, p99Ms]: (number | null)[]
  ) => ({ from, to, unit, perS: perS ?? null, p50Ms: p50Ms ?? null, p99Ms: p99Ms ?? null });
  return {
    at: Date.now(),
    nodes: [
      { id: 'upstream', role: null, instances: [] },
      { id: 'api', role: 'im', instances: im },
      { id: 'bus', role: null, instances: [] },
      { id: 'planner', role: 'im', instances: im },
      { id: 'router', role: 'im', instances: im },
      { id: 'user-redis', role: 'user-redis', instances: of('user-redis') },
      { id: 'user-mysql', role: 'user-mysql', instances: of('user-mysql') },
      { id: 'cm', role: 'cm', instances: of('cm') },
      { id: 'device', role: null, instances: [] },
      { id: 'callback', role: 'im', instances: im },
      { id: 'channel', role: 'im', instances: im },
      { id: 'vendor', role: null, instances: [] },
    ],
    arrows: [
      arrow('upstream', 'api', 'calls', 212, 3.2, 11.8),
      arrow('api', 'bus', 'records', 1_208, 1.9, 6.1),
      arrow('bus', 'router', 'records', 1_204),
      arrow('router', 'user-redis', 'calls', 96, 0.7, 2.9),
      arrow('router', 'cm', 'messages', 1_190, 7.4, 38),
      arrow('cm', 'device', 'messages', 1_190, 41, 320),
      arrow('bus', 'planner', 'tasks', 2),
      arrow('planner', 'bus', 'records', 340),
      arrow('cm', 'bus', 'receipts', 1_187),
      arrow('bus', 'user-mysql', 'receipts', 1_187),
      arrow('bus', 'callback', 'receipts', 0),
      arrow('router', 'channel', 'records', 14),
      arrow('channel', 'vendor', 'messages', 14, 62, 410),
    ],
  };
}

export const operators: Operator[] = [
  operator('1', 'admin', [{ right: 'admin', app: '*' }]),
  operator('2', 'lin', [
    { right: 'sender', app: 'shop' },
    { right: 'viewer', app: 'demo' },
  ]),
  operator('3', 'watch', [{ right: 'viewer', app: '*' }], { disabled: true, lastSignInAt: null }),
  operator('4', 'sso.user@example.com', [], { source: 'oidc' }),
];

function operator(id: string, name: string, rights: Operator['rights'], changes: Partial<Operator> = {}): Operator {
  const lastSignInAt = Date.now() - Number(id) * hour;
  return {
    id,
    name,
    rights,
    disabled: false,
    createdAt: 1_764_000_000_000,
    lastSignInAt,
    source: 'password',
    ...changes,
  };
}

export const apps = [
  { appId: 'demo', name: 'Demo', disabled: false, createdAt: 1_764_000_000_000 },
  { appId: 'shop', name: '商城 Shop', disabled: false, createdAt: 1_764_200_000_000 },
  { appId: 'old-app', name: markup, disabled: true, createdAt: 1_764_300_000_000 },
];

export function app(appId: string): AppDetail | undefined {
  const found = apps.find((one) => one.appId === appId);
  return (
    found && {
      ...found,
      appKey: 'Xk2vYq8LrT5n0aBcWd7eZ1',
      callbackUrl: 'https://shop.example.com/longwire/receipts',
      quotas: [
        { name: 'authsPerMinute', per: 'minute', limit: 100, default: 100, used: 3 },
        { name: 'callsPerMinute', per: 'minute', limit: null, default: null, used: null },
        { name: 'pushesPerDay', per: 'day', limit: 200_000, default: 1_000_000_000, used: 171_204 },
        { name: 'listPerDay', per: 'day', limit: 1_000_000_000, default: 1_000_000_000, used: 48_120 },
        { name: 'allPerDay', per: 'day', limit: 20, default: 10_000, used: 20 },
        { name: 'tagPerDay', per: 'day', limit: 100_000, default: 100_000, used: 310 },
        { name: 'appPushesPerMinute', per: 'minute', limit: 1_000, default: 1_000, used: 1 },
        { name: 'tagChangesPerMinute', per: 'minute', limit: 6_000, default: 6_000, used: 0 },
      ],
    }
  );
}

export function channels(): AppChannel[] {
  const account = 'push@demo-1.iam.gserviceaccount.com';
  return [
    {
      ...{ kind: 'apns', setAt: 1_764_100_000_000 },
      shown: {
        ...{ keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ', topic: 'com.example.shop', production: 'true' },
        secret: 'sha256:2f6c1e09b7aa',
      },
    },
    {
      ...{ kind: 'fcm', setAt: 1_764_000_000_000 },
      shown: { project_id: 'demo-1', client_email: account, private_key_id: 'k1', secret: 'sha256:90b1d27c44e3' },
    },
  ];
}

const taskStates = ['done', 'running', 'scheduled', 'stopped', 'done', 'done'] as const;
const audiences = ['single', 'tag', 'all', 'list'] as const;
export const taskCount = 100_000;

/** The task at a place in the list, newest first. */
export function task(at: number): TaskItem {
  const audience = audiences[at % audiences.length]!;
  const targets = audience === 'single' ? 1 : 1_000 + ((at * 7_919) % 40_000);
  return {
    taskId: `RAS${audience === 'single' ? 'S' : 'A'}_1124_${(at + 1).toString(16).padStart(32, '0')}`,
    createdAt: Date.now() - at * 7 * minute,
    audience,
    group: at % 5 === 1 ? 'spring-sale' : at % 7 === 3 ? markup : null,
    state: taskStates[at % taskStates.length]!,
    targets,
    arrived: Math.round(targets * 0.94),
  };
}

export function taskView(taskId: string): TaskView {
  const item = { ...task(1), taskId };
  return {
    ...item,
    counts: {
      ...{ target: 8_919, sent: 8_640, arrived: 8_401, shown: 7_204, clicked: 1_310, dismissed: 2_204 },
      ...{ failed: null, custom: {} },
    },
    schedule: null,
    expiresAt: Date.now() + 2 * hour,
    message: { kind: 'notification', title: `Spring sale ${markup}`, text: 'Up to half off until Sunday 🌷' },
    canStop: true,
    canRecall: true,
  };
}

export function timeline(): Timeline {
  const at = Date.now() - 5 * minute;
  return {
    steps: [
      { step: 'accepted', at },
      { step: 'stored', at: at + 4 },
      { step: 'sent', at: at + 9 },
      { step: 'arrived', at: at + 48 },
      { step: 'shown', at: at + 61 },
      { step: 'clicked', at: at + 12_400 },
    ],
  };
}

export function device(id: string, changes: Partial<DeviceView> = {}): DeviceView {
  return {
    cid: id,
    platform: 'android',
    model: 'Pixel 9',
    registeredAt: 1_764_000_000_000,
    lastLoginAt: Date.now() - 12 * minute,
    online: { node: 'cm-2', since: Date.now() - 12 * minute },
    queued: 0,
    tags: ['vip', 'beijing', markup],
    alias: 'user_2041',
    channel: 'webpush',
    blacklisted: false,
    ...changes,
  };
}

export function audit(): AuditEntry[] {
  const entry = (id: number, changes: Partial<AuditEntry>): AuditEntry => ({
    id: String(id),
    at: Date.now() - id * 9 * minute,
    operator: 'admin',
    action: 'signIn',
    app: null,
    target: null,
    result: 'done',
    address: '10.2.0.14',
    detail: {},
    ...changes,
  });
  return [
    entry(1, { action: 'push', app: 'shop', target: 'RASA_1124_c7f13a90d25e4b86a1f47c0b92d8e563fa0b7d41' }),
    entry(2, { action: 'rotateSecret', app: 'shop', detail: { which: 'master', graceMs: 86_400_000 } }),
    entry(3, { operator: null, result: 'refused', detail: { why: 'unknown name' }, address: '203.0.113.9' }),
    entry(4, { operator: 'lin', action: 'changeApp', app: 'demo', result: 'refused' }),
    entry(5, { action: 'createOperator', target: 'lin', result: 'done' }),
    entry(6, { action: 'blacklistDevice', app: 'shop', target: cid, detail: { note: markup } }),
    entry(7, { action: 'stopTask', app: 'shop', result: 'failed', detail: { code: 'unavailable' } }),
    entry(8, {}),
  ];
}

export function settings(role: string): InstanceSettings {
  const key = (name: string, value: string | null, changes: Partial<InstanceSettings['keys'][number]> = {}) => ({
    ...{ key: name, value, source: 'default' as const, hot: false, secret: false, pending: false, unit: null },
    description: 'What this key does, in one line',
    ...changes,
  });
  return {
    release: 'application=20251124',
    refused: role === 'cm' ? ['maxConnections: must be integer (got "many")'] : [],
    keys: [
      key('host', '0.0.0.0', { source: 'environment', description: 'Address that it listens at' }),
      key('port', '8080', { description: 'Port of the upstream API' }),
      key('internalSecrets', '••••', { secret: true, source: 'environment', description: 'Shared by all roles' }),
      key('logLevel', 'info', { hot: true, source: 'config centre', description: 'trace, debug, info, warn or error' }),
      key('graceMs', '25000', { unit: 'ms', description: 'How long a stop may take', pending: true }),
      key('replayWindowMs', '60000', { unit: 'ms', hot: true, source: 'file', description: 'Of a stale view' }),
      key('publicUrl', null, { description: 'Where browsers reach it' }),
    ],
  };
}
