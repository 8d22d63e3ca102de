import type { TObject, TSchema } from 'typebox';
import { expect, test } from 'vitest';
import { Config as CmConfig } from '../services/cm/config.ts';
import type { Endpoints } from '../services/console/calls/endpoint.ts';
import { errorCodes as backendCodes } from '../services/console/calls/errors.ts';
import { calls } from '../services/console/calls/index.ts';
import { instanceRoles } from '../services/console/calls/overview.ts';
import { reasons } from '../services/console/calls/reasons.ts';
import { PushOrder } from '../services/console/calls/sends.ts';
import { Config as ConsoleConfig } from '../services/console/config.ts';
import { errorCodes } from '../services/console/web/api/errors.ts';
import { dictionaries } from '../services/console/web/i18n/dictionary.ts';
import { instanceFaultText } from '../services/console/web/i18n/instance-fault.ts';
import { refusedText } from '../services/console/web/i18n/setting-text.ts';
import { Config as ImConfig } from '../services/im/config.ts';
import { Config as UserMysqlConfig } from '../services/user-mysql/config.ts';
import { Config as UserRedisConfig } from '../services/user-redis/config.ts';

const { en, zh } = dictionaries;
const configs: Record<(typeof instanceRoles)[number], TObject> = {
  ...{ im: ImConfig, cm: CmConfig, console: ConsoleConfig },
  ...{ 'user-redis': UserRedisConfig, 'user-mysql': UserMysqlConfig },
};
const han = /\p{Script=Han}/u;
const placesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

/** Names that are the same in both languages. */
const names = new Set(
  [
    ...['common.product', 'apps.appKey', 'apps.masterSecret', 'apps.appSecret', 'operators.bySource_oidc'],
    ...['devices.cid', 'tasks.cid', 'send.cid', 'send.intentField', 'overview.p50', 'overview.p99', 'overview.cpu'],
    ...['topology.p50p99', 'tasks.after', 'errors.field', 'channels.kinds.oppo', 'channels.kinds.vivo'],
  ].concat(
    ['api', 'planner', 'router', 'user-redis', 'user-mysql', 'cm', 'callback', 'channel'].map(
      (node) => `topology.node.${node}`,
    ),
  ),
);

/** All texts of a dictionary; those with gaps with marks in them. */
function textsOf(value: unknown, at = ''): [string, string][] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value === 'function') return [[at, String(value('1', '2', '3'))]];
  return Object.entries(value ?? {}).flatMap(([name, inner]) => textsOf(inner, at === '' ? name : `${at}.${name}`));
}

test('every word of the pages is Chinese on the Chinese ones, but for names', () => {
  const english = new Map(textsOf(en));
  const left = textsOf(zh).filter(([at, text]) => !names.has(at) && (text === english.get(at) || !han.test(text)));
  expect(left).toEqual([]);
});

test('every code of an error and every reason is told in both languages, with the same parameters', () => {
  for (const code of [...backendCodes, ...errorCodes]) {
    expect(han.test(zh.errors[code]), code).toBe(true);
    expect(en.errors[code], code).toMatch(/^[A-Z]/);
  }
  for (const reason of reasons) {
    expect(han.test(zh.reasons[reason]), reason).toBe(true);
    // What another system says in English is left out.
    const places = placesOf(en.reasons[reason]);
    for (const place of placesOf(zh.reasons[reason])) expect(places, reason).toContain(place);
    const dropped = places.filter((place) => !placesOf(zh.reasons[reason]).includes(place));
    expect(
      dropped.filter((place) => !['said', 'what', 'right'].includes(place)),
      reason,
    ).toEqual([]);
  }
});

test('every configuration key of every role that Settings shows has a Chinese text, and there is none besides', () => {
  const known = new Set<string>();
  for (const role of instanceRoles) {
    for (const key of Object.keys(configs[role].properties)) {
      const name = zh.settingTexts?.[`${role}.${key}`] === undefined ? key : `${role}.${key}`;
      expect(han.test(zh.settingTexts?.[name] ?? ''), `${role}.${key}`).toBe(true);
      known.add(name);
    }
  }
  expect(Object.keys(zh.settingTexts ?? {}).filter((name) => !known.has(name))).toEqual([]);
});

test('a key that means something else in another role has a text of its own there', () => {
  const said = new Map<string, Set<string>>();
  for (const role of instanceRoles) {
    for (const [key, { description }] of Object.entries(configs[role].properties as Record<string, Described>)) {
      if (zh.settingTexts?.[`${role}.${key}`] !== undefined) continue;
      said.set(key, (said.get(key) ?? new Set()).add(description ?? ''));
    }
  }
  expect([...said].filter(([, texts]) => texts.size > 1)).toEqual([]);
});

type Described = TSchema & { description?: string; pattern?: string; enum?: unknown };

/** What schemas say of the forms of the texts that they take, within what people send. */
function formsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { pattern, description } = schema as Described;
  const own = typeof pattern === 'string' && typeof description === 'string' ? [description] : [];
  return [...own, ...Object.values(schema).flatMap(formsOf)];
}

test('every form that a text of a call may have is told in Chinese', () => {
  const all = Object.values(calls as Endpoints).flatMap(({ params, query, body }) =>
    [params, query, body].flatMap(formsOf),
  );
  const forms = new Set([...all, ...formsOf(PushOrder)]);
  expect(forms.size).toBeGreaterThan(3);
  for (const form of forms) expect(han.test(zh.forms?.[form] ?? ''), form).toBe(true);
});

test('what the config centre has wrong is told with its key and what it has', () => {
  const line = 'maxQueueDepth: must be integer (got "ten of them")';
  expect(refusedText(line, en)).toBe(line);
  expect(refusedText(line, zh)).toBe('maxQueueDepth："ten of them" 不符合要求');
  expect(refusedText('waitMs: is not one that the config centre may set', zh)).toBe('waitMs：不符合要求');
});

test('what an instance says is not well is told in Chinese, also what nobody foresaw', () => {
  const told = [
    ['bus: not connected', 'bus：没有连接'],
    ['receipts: no progress for 61000 ms', 'receipts：61000 毫秒没有进展'],
    ['no answer within 1000 ms', '1000 毫秒内没有响应'],
    ['redis: the server said something new', 'redis：有故障'],
    ['event_loop', 'event_loop'],
  ];
  for (const [said, expected] of told) {
    expect(instanceFaultText(said!, zh)).toBe(expected);
    expect(instanceFaultText(said!, en)).toBe(said);
  }
});
