import { createHash } from 'node:crypto';
import { broken, type Call, formOf, isWhole, type Reply, VendorServer } from './vendor-server.ts';

interface Message {
  target_type?: unknown;
  target_value?: unknown;
  notification?: Record<string, unknown>;
}

const lengthOf = (text: unknown): number => [...String(text)].length;

/** What OPPO's document demands of a notification: the rules that are broken. */
export function oppoFaults(notification: Record<string, unknown>): string[] {
  const { title, content, style, click_action_type, click_action_url, action_parameters, off_line_ttl } = notification;
  return broken({
    'a title of up to 50 characters': isWhole(title) && title.trim() !== '' && lengthOf(title) <= 50,
    'style 1 or 2': style === 1 || style === 2,
    'content of up to 50 characters, 128 in style 2':
      isWhole(content) && content.trim() !== '' && lengthOf(content) <= (style === 2 ? 128 : 50),
    click_action_type: [0, 1, 2, 4, 5].includes(Number(click_action_type)),
    'types 2 and 5 have an address of up to 2,000 characters':
      ![2, 5].includes(Number(click_action_type)) ||
      (typeof click_action_url === 'string' && click_action_url.length <= 2_000),
    'parameters are an object of JSON, of up to 4,000 characters':
      action_parameters === undefined ||
      (String(action_parameters).length <= 4_000 && typeof JSON.parse(String(action_parameters)) === 'object'),
    'off_line_ttl in seconds, ten days at the most':
      Number.isInteger(off_line_ttl) && Number(off_line_ttl) >= 1 && Number(off_line_ttl) <= 864_000,
    'notify_level comes with a category':
      notification['notify_level'] === undefined || Boolean(notification['category']),
    app_message_id: typeof notification['app_message_id'] === 'string',
  });
}

export class OppoServer extends VendorServer {
  readonly tokenPath = '/server/v1/auth';
  readonly sendPath = '/server/v1/message/notification/unicast_batch';
  #key: string;
  #secret: string;
  /** What a device got, by app_message_id: it gets none twice. */
  #shown = new Set<string>();

  constructor({ appKey, masterSecret }: { appKey: string; masterSecret: string }) {
    super();
    this.#key = appKey;
    this.#secret = masterSecret;
  }

  protected answer(call: Call): Reply {
    if (!/^application\/x-www-form-urlencoded/.test(call.headers['content-type'] ?? '')) this.fault(call, 'a form');
    if (call.path === this.tokenPath) return this.#auth(call);
    return call.path === this.sendPath ? this.#send(call) : { status: 404 };
  }

  #auth(call: Call): Reply {
    const { app_key, sign, timestamp } = formOf(call);
    if (app_key !== this.#key) return this.#reply(14, 'Invalid App Key');
    if (!/^\d{13}$/.test(timestamp ?? '') || Math.abs(Number(timestamp) - this.now()) > 600_000) {
      return this.#reply(19, 'Invalid Timestamp');
    }
    const right = createHash('sha256').update(`${app_key}${timestamp}${this.#secret}`).digest('hex');
    if (sign !== right) return this.#reply(16, 'Invalid Signature');
    return this.#reply(0, 'Success', { auth_token: this.issue(), create_time: this.now() });
  }

  #send(call: Call): Reply {
    const { auth_token, messages: text } = formOf(call);
    if (auth_token === undefined) return this.#reply(29, 'Missing Auth Token');
    if (!this.issued.has(auth_token)) return this.#reply(11, 'Invalid AuthToken');
    const messages = JSON.parse(text ?? '[]') as Message[];
    const faults = messages.flatMap(({ target_type, target_value, notification }) => [
      ...broken({ 'by registration id': target_type === 2 && typeof target_value === 'string' }),
      ...oppoFaults(notification ?? {}),
    ]);
    if (messages.length === 0 || messages.length > 1_000) faults.push('1 to 1,000 messages');
    for (const one of faults) this.fault(call, one);
    if (faults.length > 0) return this.#reply(41, 'Invalid Arguments');
    const data = messages.map(({ target_value, notification }) => {
      const registrationId = String(target_value);
      if (this.dead.has(registrationId)) {
        return { messageId: '', registrationId, errorCode: 10_000, errorMessage: 'Invalid Registration_id' };
      }
      const key = `${registrationId} ${String(notification!['app_message_id'])}`;
      if (!this.#shown.has(key)) {
        const { title, content } = notification!;
        this.taken.push({ token: registrationId, title: String(title), body: String(content), request: notification! });
      }
      this.#shown.add(key);
      return { messageId: 'A-1-1-6', registrationId };
    });
    return this.#reply(0, 'Success', data);
  }

  #reply(code: number, message: string, data?: object): Reply {
    return this.json({ code, message, ...(data ? { data } : {}) });
  }
}
