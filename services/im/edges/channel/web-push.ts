import { request } from 'undici';
import webpush from 'web-push';
import { LongwireError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/log.ts';
import { guardedAgent } from '../../../common/outbound/edges/guarded-agent.ts';
import type { Channel, WebPushSubscription } from '../../../common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../../common/protocol/channel-records.ts';
import type { ChannelAdapter, Outcome } from '../../channel/adapter.ts';
import { webPushMessage } from '../../channel/web-push/message.ts';
import { outcomeOf } from '../../channel/web-push/outcome.ts';
import type { Vapid } from '../../channel/web-push/vapid.ts';

export interface WebPushOptions {
  vapid: Vapid;
  /** Devices name the addresses: internal ones are refused unless this says otherwise. */
  allowInternal: boolean;
  /** One try, from the look-up of the name to the end of the answer. */
  tryMs: number;
  /** Push services spoken to at once, and connections to each. */
  maxServices: number;
  socketsPerService: number;
  now: () => number;
}

type Details = ReturnType<typeof webpush.generateRequestDetails>;

/** As much of an answer's body as is read before its connection is given up. */
const maxAnswerBytes = 65_536;

/** Web Push: `web-push` encrypts (RFC 8291) and signs (RFC 8292), the project's own client posts. */
export function webPushAdapter(options: WebPushOptions, log: Logger): ChannelAdapter & { close: () => Promise<void> } {
  const { vapid, allowInternal, tryMs, maxServices, socketsPerService, now } = options;
  const agent = guardedAgent({
    allowInternal,
    connectMs: tryMs,
    answerMs: tryMs,
    socketsPerTarget: socketsPerService,
    maxTargets: maxServices,
  });

  function detailsOf(message: ChannelMessage, { endpoint, keys }: WebPushSubscription): Details | undefined {
    const made = webPushMessage(message, now());
    if (!made) return undefined;
    const { payload, ttl: TTL, urgency, topic } = made;
    const details = { vapidDetails: vapid, TTL, urgency, topic, contentEncoding: 'aes128gcm' as const };
    return webpush.generateRequestDetails({ endpoint, keys }, payload, details);
  }

  async function post(details: Details): Promise<Outcome> {
    const { statusCode, headers, body } = await request(details.endpoint, {
      method: 'POST',
      headers: Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)])),
      body: details.body,
      dispatcher: agent,
      signal: AbortSignal.timeout(tryMs),
    });
    // What the answer is has been said: an end that doesn't come changes nothing.
    await body.dump({ limit: maxAnswerBytes }).catch(() => {});
    const retryAfter = headers['retry-after'];
    return outcomeOf(statusCode, typeof retryAfter === 'string' ? retryAfter : undefined, now());
  }

  return {
    kind: 'webpush',
    maxTogether: 1,
    laneOf: (_app, subscription) => ('endpoint' in subscription ? new URL(subscription.endpoint).origin : ''),
    send: (message, subscriptions) => Promise.all(subscriptions.map((one) => sendOne(message, one))),
    close: () => agent.destroy(),
  };

  async function sendOne(message: ChannelMessage, subscription: Channel['subscription']): Promise<Outcome> {
    if (!('endpoint' in subscription)) return { is: 'gone' };
    let details: Details | undefined;
    try {
      details = detailsOf(message, subscription);
    } catch (error) {
      log.error({ task: message.task, err: error }, 'a message could not be made for Web Push');
      return { is: 'refused' };
    }
    if (!details) return { is: 'nothing' };
    try {
      return await post(details);
    } catch (error) {
      log.debug({ task: message.task, err: error }, 'a push service was not reached');
      return { is: isRefusal(error) ? 'refused' : 'again' };
    }
  }
}

/** The address is an internal one: that is so for each try. */
function isRefusal(error: unknown): boolean {
  return error instanceof LongwireError && !error.retryable;
}
