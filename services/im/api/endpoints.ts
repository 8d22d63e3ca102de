import { authenticate, revokeToken } from './auth.ts';
import type { Endpoint } from './endpoint.ts';
import { saveListMessage } from './list-message.ts';
import { pushAll } from './push-all.ts';
import { pushBatchAlias, pushBatchCid } from './push-batch.ts';
import { pushListAlias, pushListCid } from './push-list.ts';
import { pushSingleAlias, pushSingleCid } from './push-single.ts';
import { pushFastTag, pushTag } from './push-tag.ts';
import { reportCount } from './report-count.ts';
import { reportDate, reportGroup } from './report-sums.ts';
import { reportTaskDetails, reportTasks } from './report-task.ts';
import { reportOnline, reportUserDay } from './report-users.ts';
import { stopTask } from './stop-task.ts';
import { taskDetail } from './task-detail.ts';
import { cancelSchedule, scheduledTask } from './task-schedule.ts';
import { aliasOfCid, bindAliases, cidsOfAlias, dropAlias, unbindAliases } from './user-alias.ts';
import { setBadges } from './user-badge.ts';
import { addToBlacklist, takeFromBlacklist } from './user-black.ts';
import { userCount } from './user-count.ts';
import { userDetail } from './user-detail.ts';
import { deviceStatus, userStatus } from './user-status.ts';
import { addTag, removeTag, setTags, tagsOfCid } from './user-tags.ts';

/** Every call of the API. */
export const endpoints: Endpoint[] = [
  authenticate,
  revokeToken,
  pushSingleCid,
  pushSingleAlias,
  pushBatchCid,
  pushBatchAlias,
  saveListMessage,
  pushListCid,
  pushListAlias,
  pushAll,
  pushTag,
  pushFastTag,
  bindAliases,
  unbindAliases,
  dropAlias,
  aliasOfCid,
  cidsOfAlias,
  addToBlacklist,
  takeFromBlacklist,
  setTags,
  addTag,
  removeTag,
  tagsOfCid,
  userCount,
  userStatus,
  deviceStatus,
  userDetail,
  setBadges,
  reportTasks,
  reportTaskDetails,
  reportCount,
  reportGroup,
  reportDate,
  reportUserDay,
  reportOnline,
  taskDetail,
  stopTask,
  scheduledTask,
  cancelSchedule,
];
