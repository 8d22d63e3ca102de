import { type RestCode, restCodes } from '../../common/protocol/rest/codes.ts';
import { ConsoleFault } from './fault.ts';

export interface UpstreamAnswer {
  status: number;
  code: number;
  msg: string;
  data?: unknown;
}

export const badTokenCode = restCodes.badToken.code;

/** Words of the API for what the console calls otherwise. */
const fields: [RegExp, string][] = [
  [/^push_message\b/, 'message'],
  [/^settings\.schedule_time$/, 'schedule'],
  [/^request_id\b/, 'requestId'],
  [/^group_name\b/, 'group'],
  [/^audience\.(cid|alias)\b/, 'audience.values'],
  [/^audience\.tag\b/, 'audience.rules'],
];

const limits: ReadonlySet<number> = new Set(
  (
    [
      'authRate',
      'callRate',
      'allPerDay',
      'listPerDay',
      'pushPerDay',
      'tagPerDay',
      'tagPerMinute',
      'appPerMinute',
    ] satisfies RestCode[]
  ).map((name) => restCodes[name].code),
);

/** What the upstream API refused, in the words of the console; undefined: it did not refuse. */
export function upstreamFault({ status, code, msg }: UpstreamAnswer): ConsoleFault | undefined {
  if (code === restCodes.ok.code) return undefined;
  if (status >= 500) return new ConsoleFault('unavailable', 'im_busy', { role: 'im', params: { said: msg } });
  if (code === restCodes.parameter.code || code === restCodes.taskTime.code) {
    const field = fieldOf(msg);
    if (field !== undefined)
      return new ConsoleFault('bad_request', 'upstream_invalid', { field, params: { said: msg } });
    return new ConsoleFault('bad_request', 'upstream_refuses', { params: { said: msg, code } });
  }
  if (code === restCodes.appDisabled.code) return new ConsoleFault('conflict', 'app_disabled', { field: 'app' });
  const params = { said: msg, code };
  if (code === restCodes.queueFull.code) return new ConsoleFault('conflict', 'queue_full', { params });
  if (limits.has(code)) return new ConsoleFault('conflict', 'quota_used_up', { field: 'quotas', params });
  return new ConsoleFault('conflict', 'upstream_refuses', { params });
}

function fieldOf(msg: string): string | undefined {
  if (msg === 'target user is invalid') return 'audience.values';
  const name = /^([a-z_.\d[\]]+) (is invalid|can not be empty|type error|size over limit)$/i.exec(msg)?.[1];
  if (name === undefined) return undefined;
  const known = fields.find(([pattern]) => pattern.test(name));
  return known ? name.replace(known[0], known[1]) : name;
}
