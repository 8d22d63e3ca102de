import { type RestCode, restCodes } from './codes.ts';

/** What the `msg` of each failure may say, for the documents. */
export const failureTexts: Record<Exclude<RestCode, 'ok'>, string> = {
  notJson: 'body is not JSON',
  busy: 'service is busy, repeat with the same request_id',
  internal: 'internal error',
  notFound: 'not found',
  methodNotAllowed: 'method is not allowed',
  badToken: 'token is invalid',
  appDisabled: 'app is disabled',
  authRate: 'too many authentications in a minute',
  callRate: 'too many calls in a minute',
  parameter: 'request_id can not be empty',
  scheduleRan: 'the schedule has run',
  taskTime: 'the time of the task is invalid',
  tagOperation: 'tag operation failed for every cid',
  badTag: 'custom_tag[0] is invalid',
  tagTooLong: 'custom_tag[0] size over limit',
  allPerDay: 'the pushes to all of this day are used up',
  listPerDay: 'the list pushes of this day are used up',
  pushPerDay: 'the single pushes of this day are used up',
  tagPerDay: 'the tag pushes of this day are used up',
  tagPerMinute: 'too many changes of tags in a minute',
  appPerMinute: 'too many pushes to the app in a minute',
  tooManyTags: 'custom_tag size over limit',
  queueFull: 'busy: too many messages wait for cid 15fa726744ffcef519457d9e20aa34a5',
};

/** Kinds of answers by the HTTP status that they go with. */
export function byStatus(kinds: readonly RestCode[]): Map<number, RestCode[]> {
  return Map.groupBy(kinds, (kind) => restCodes[kind].status);
}
