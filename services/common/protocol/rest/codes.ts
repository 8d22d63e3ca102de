/**
 * What an answer's `code` says and the HTTP status it goes with. Clients in use read a body only at 200, 400, 401 and 403
 * and repeat the call once on any other status, so limits are never 429, and 503 only says that nothing was accepted.
 */
export const restCodes = {
  ok: { code: 0, status: 200 },
  notJson: { code: 1, status: 200 },
  busy: { code: 1, status: 503 },
  internal: { code: 1, status: 500 },
  notFound: { code: 404, status: 404 },
  methodNotAllowed: { code: 405, status: 405 },
  badToken: { code: 10001, status: 401 },
  appDisabled: { code: 10002, status: 401 },
  authRate: { code: 10003, status: 401 },
  callRate: { code: 10005, status: 401 },
  parameter: { code: 20001, status: 400 },
  scheduleRan: { code: 22001, status: 400 },
  taskTime: { code: 22002, status: 400 },
  tagOperation: { code: 23001, status: 400 },
  badTag: { code: 30003, status: 403 },
  tagTooLong: { code: 30005, status: 403 },
  allPerDay: { code: 30007, status: 403 },
  listPerDay: { code: 30008, status: 403 },
  pushPerDay: { code: 30009, status: 403 },
  tagPerDay: { code: 30010, status: 403 },
  tagPerMinute: { code: 30012, status: 403 },
  appPerMinute: { code: 30014, status: 403 },
  tooManyTags: { code: 30016, status: 403 },
  queueFull: { code: 30019, status: 403 },
} as const;

/** The name of an answer's kind: also the label of metrics. */
export type RestCode = keyof typeof restCodes;
