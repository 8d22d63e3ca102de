import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { App } from './app.ts';
import { appCalls } from './app-calls.ts';
import { appChannelCalls } from './app-channel-calls.ts';
import { auditCalls } from './audit-calls.ts';
import { blacklistCalls } from './black-calls.ts';
import { ReceiptEvent } from './bus-records.ts';
import { channelCalls } from './channel-calls.ts';
import { deviceCalls } from './device-calls.ts';
import { AppId, Cid, TaskId, TimeMs } from './ids.ts';
import { operatorCalls } from './operator-calls.ts';
import { ChannelCount, reportCalls } from './report-calls.ts';
import { savedTaskCalls } from './saved-task-calls.ts';
import { scheduleCalls } from './schedule-calls.ts';
import { tagCalls } from './tag-calls.ts';
import { tagJobCalls } from './tag-job-calls.ts';
import { taskListCalls } from './task-list-calls.ts';
import { userReportCalls } from './user-report-calls.ts';

export { App } from './app.ts';

export const platforms = ['android', 'ios', 'harmony', 'web', 'other'] as const;

export const DeviceInfo = Type.Object({
  platform: Type.Enum([...platforms]),
  model: Type.Optional(Type.String({ maxLength: 64 })),
  os: Type.Optional(Type.String({ maxLength: 64 })),
  sdk: Type.Optional(Type.String({ maxLength: 64 })),
});
export type DeviceInfo = Static<typeof DeviceInfo>;

export const Alias = Type.String({ minLength: 1, maxLength: 64 });

/** Cids bound to one alias at the most. */
export const maxCidsPerAlias = 10;

export const userMysqlCalls = {
  ...deviceCalls,
  ...blacklistCalls,
  ...channelCalls,
  ...appCalls,
  ...appChannelCalls,
  ...tagCalls,
  ...savedTaskCalls,
  ...scheduleCalls,
  ...reportCalls,
  ...tagJobCalls,
  ...userReportCalls,
  ...operatorCalls,
  ...auditCalls,
  ...taskListCalls,
  ...operatorCalls,
  ...auditCalls,

  /** The app, or null. */
  app: call(Type.Object({ appId: AppId }), Type.Object({ app: Type.Union([App, Type.Null()]) })),
  /** Whether any app that isn't disabled has a callback URL. */
  anyCallback: call(Type.Object({}), Type.Object({ any: Type.Boolean() })),
  /** Creates the app or replaces what it says. */
  putApp: call(App, Type.Object({})),

  /** Adds devices; a cid that is there already gets the new description. */
  registerDevices: batchCall(Type.Object({ app: AppId, cid: Cid, device: DeviceInfo, at: TimeMs }), Type.Object({})),
  /** When each device registered and last logged in; null for a cid that this app doesn't have. */
  devices: batchCall(
    Type.Object({ app: AppId, cid: Cid }),
    Type.Union([Type.Object({ registeredAt: TimeMs, lastLoginAt: Type.Union([TimeMs, Type.Null()]) }), Type.Null()]),
  ),

  /**
   * Binds each cid to its alias in place of the one it had. All or none.
   *
   * @throws LongwireError `conflict` with `field` = the alias that would have more than `maxCidsPerAlias` cids.
   */
  bindAliases: call(
    Type.Object({
      app: AppId,
      list: Type.Array(Type.Object({ cid: Cid, alias: Alias }), { minItems: 1, maxItems: 1_000 }),
    }),
    Type.Object({}),
  ),
  /** Unbinds the pairs that are bound; others are passed over. */
  unbindAliases: call(
    Type.Object({
      app: AppId,
      list: Type.Array(Type.Object({ cid: Cid, alias: Alias }), { minItems: 1, maxItems: 1_000 }),
    }),
    Type.Object({}),
  ),
  /** Unbinds all cids of an alias. */
  dropAlias: call(Type.Object({ app: AppId, alias: Alias }), Type.Object({})),
  /** The alias of each cid, or null. */
  aliasesOf: batchCall(Type.Object({ app: AppId, cid: Cid }), Type.Object({ alias: Type.Union([Alias, Type.Null()]) })),
  /** The cids of each alias, at most `maxCidsPerAlias`, oldest binding first. */
  cidsOf: batchCall(Type.Object({ app: AppId, alias: Alias }), Type.Object({ cids: Type.Array(Cid) })),

  /** How often each event of each task was counted; null for a task that the app doesn't have. */
  taskCounts: batchCall(
    Type.Object({ app: AppId, task: TaskId }),
    Type.Union([
      Type.Object({
        counts: Type.Array(Type.Object({ event: ReceiptEvent, count: Type.Integer() })),
        /** On how many devices each result came of each channel; missing: by no channel, or a version before. */
        channels: Type.Optional(Type.Array(ChannelCount)),
      }),
      Type.Null(),
    ]),
  ),
};
export type UserMysqlCalls = typeof userMysqlCalls;
