import type { PushOrder } from '../calls/sends.ts';

/** A call of the upstream API, below `/v2/{appId}`. */
export interface UpstreamCall {
  path: string;
  body: object;
}

/** How an order is put to the upstream API: one call, or a message that is saved first and the list that it goes to then. */
export type UpstreamPush =
  | { kind: 'one'; call: UpstreamCall }
  | { kind: 'list'; message: UpstreamCall; listOf: (taskid: string) => UpstreamCall };

/** @param order without faults @param asList also to one device or alias */
export function upstreamPushOf(order: PushOrder, asList = false): UpstreamPush {
  const { audience, message, settings, schedule, group, requestId } = order;
  const allSettings = { ...settings, ...(schedule == null ? {} : { schedule_time: schedule }) };
  const pushed = {
    request_id: requestId,
    ...(group === undefined ? {} : { group_name: group }),
    ...(Object.keys(allSettings).length === 0 ? {} : { settings: allSettings }),
  };
  const content = { push_message: message };
  switch (audience.kind) {
    case 'all':
      return { kind: 'one', call: { path: '/push/all', body: { ...pushed, audience: 'all', ...content } } };
    case 'tag': {
      const body = { ...pushed, audience: { tag: audience.rules }, ...content };
      return { kind: 'one', call: { path: '/push/tag', body } };
    }
    case 'cid':
    case 'alias': {
      const { kind, values } = audience;
      const one = [...new Set(values)];
      if (one.length === 1 && !asList) {
        return {
          kind: 'one',
          call: { path: `/push/single/${kind}`, body: { ...pushed, audience: { [kind]: one }, ...content } },
        };
      }
      return {
        kind: 'list',
        message: { path: '/push/list/message', body: { ...pushed, ...content } },
        listOf: (taskid) => ({
          path: `/push/list/${kind}`,
          body: { taskid, audience: { [kind]: one }, is_async: true },
        }),
      };
    }
  }
}

/**
 * The same as lines for a shell, with the token in `$TOKEN`.
 *
 * @param base `https://host` of the upstream API
 */
export function curlOf(push: UpstreamPush, base: string, app: string): string {
  const line = ({ path, body }: UpstreamCall, taskid?: string): string => {
    const text = quoted(JSON.stringify(body));
    const data = taskid === undefined ? text : text.replace(taskid, `'"${taskid}"'`);
    return `curl -sS -X POST ${quoted(`${base}/v2/${app}${path}`)} -H 'content-type: application/json' -H "token: $TOKEN" -d ${data}`;
  };
  if (push.kind === 'one') return line(push.call);
  // The first line answers the id that the second one needs.
  return `${line(push.message)}\n${line(push.listOf('$TASK'), '$TASK')}`;
}

/** Within single quotes nothing means anything to a shell but their end. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
