import type { Logger } from '../common/log.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { Seal } from './core/sealed.ts';
import type { Database } from './database.ts';
import { aliasCalls } from './edges/aliases.ts';
import { appAdminCalls } from './edges/app-admin.ts';
import { appChannelCalls } from './edges/app-channels.ts';
import { appDayCalls } from './edges/app-days.ts';
import { appCalls } from './edges/apps.ts';
import { auditCalls } from './edges/audit.ts';
import { blacklistCalls } from './edges/blacklist.ts';
import { channelCalls } from './edges/channels.ts';
import { deviceDetailCalls } from './edges/device-details.ts';
import { deviceCalls } from './edges/devices.ts';
import { onlinePointCalls } from './edges/online-points.ts';
import { sessionCalls } from './edges/operator-sessions.ts';
import { operatorCalls } from './edges/operators.ts';
import { reportCalls } from './edges/reports.ts';
import { savedTaskCalls } from './edges/saved-tasks.ts';
import { scheduleCalls } from './edges/schedules.ts';
import { tagJobCalls } from './edges/tag-jobs.ts';
import { tagCalls } from './edges/tags.ts';
import { taskDeviceCalls } from './edges/task-devices.ts';
import { taskListCalls } from './edges/task-list.ts';

export interface CallsOptions {
  /** What credentials of channels are encrypted with. */
  seal: Seal;
  log: Pick<Logger, 'error'>;
}

const silent: CallsOptions['log'] = { error: () => {} };

/** Every call of user-mysql. */
export function createCalls(
  database: Database,
  now: () => number,
  { seal, log }: CallsOptions = { seal: new Seal([]), log: silent },
): Handlers<UserMysqlCalls> {
  return {
    ...appCalls(database, now),
    ...appAdminCalls(database, now),
    ...deviceCalls(database),
    ...deviceDetailCalls(database),
    ...aliasCalls(database, now),
    ...blacklistCalls(database, now),
    ...channelCalls(database, now),
    ...appChannelCalls(database, seal, now, log),
    ...tagCalls(database, now),
    ...savedTaskCalls(database, now),
    ...scheduleCalls(database, now),
    ...reportCalls(database),
    ...appDayCalls(database),
    ...onlinePointCalls(database),
    ...tagJobCalls(database, now),
    ...operatorCalls(database, now),
    ...sessionCalls(database, now),
    ...auditCalls(database),
    ...taskListCalls(database, now),
    ...taskDeviceCalls(database),
  };
}
