/** How long messages to single devices are kept for a device that is away, ms. */
export const directTtlMs = 600_000;
/** Of pushes to tags and to all. Short, as an app may have 1,000 pushes to all that have not expired. */
export const fanOutTtlMs = 60_000;

export interface Message {
  /** 10 to 32 characters, new for each. */
  requestId: string;
  text: string;
}

/** Bodies of the calls of docs/api.md that a load makes. */
export const singleBody = ({ requestId, text }: Message, cid: string): object => ({
  request_id: requestId,
  settings: { ttl: directTtlMs },
  audience: { cid: [cid] },
  push_message: { transmission: text },
});

export const batchBody = (messages: (Message & { cid: string })[]): object => ({
  is_async: false,
  msg_list: messages.map((message) => singleBody(message, message.cid)),
});

export const listMessageBody = ({ requestId, text }: Message): object => ({
  request_id: requestId,
  settings: { ttl: directTtlMs },
  push_message: { transmission: text },
});

export const listBody = (taskid: string, cids: string[]): object => ({
  taskid,
  is_async: false,
  audience: { cid: cids },
});

export const tagBody = ({ requestId, text }: Message, tag: string): object => ({
  request_id: requestId,
  settings: { ttl: fanOutTtlMs },
  audience: { fast_custom_tag: tag },
  push_message: { transmission: text },
});

export const allBody = ({ requestId, text }: Message): object => ({
  request_id: requestId,
  settings: { ttl: fanOutTtlMs },
  audience: 'all',
  push_message: { transmission: text },
});

/** Tags that the devices of a run are shared out to. */
export const tagCount = 10;

/** Of this run alone, so that devices of earlier runs get nothing. At most 32 characters. */
export const tagOf = (run: string, group: number): string => `load-${run}-${group}`;

/**
 * The devices that won't get what they were sent, by the statuses of an answer: `{task: {cid: status}}`.
 *
 * @param data of a single push, a batch or a list
 */
export function cidsWithout(data: unknown): { cid: string; status: string }[] {
  return Object.values((data ?? {}) as Record<string, Record<string, string>>).flatMap((statuses) =>
    Object.entries(statuses)
      .filter(([, status]) => status !== 'successed_online' && status !== 'successed_offline')
      .map(([cid, status]) => ({ cid, status })),
  );
}
