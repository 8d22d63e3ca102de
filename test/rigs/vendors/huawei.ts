import { broken, type Call, formOf, isWhole, objectIn, type Reply, VendorServer } from './vendor-server.ts';

interface Notification {
  title?: unknown;
  body?: unknown;
  click_action?: { type?: unknown; url?: unknown; intent?: unknown };
  importance?: unknown;
  image?: unknown;
  tag?: unknown;
  notify_id?: unknown;
  badge?: { add_num?: unknown; class?: unknown };
}

interface Body {
  message: { data?: unknown; token?: unknown; android?: { ttl?: unknown; notification?: Notification } };
}

/** What Push Kit's document of the v1 and v2 API demands of a message: the rules that are broken. */
export function huaweiFaults(body: Record<string, unknown>): string[] {
  const { message } = body as unknown as Body;
  const { token, android, data } = message;
  const { title, body: text, click_action, importance, image, tag, notify_id, badge } = android?.notification ?? {};
  const { token: _, ...rest } = message;
  const tokens = Array.isArray(token) ? token : [];
  const seconds = /^(\d+)s$/.exec(String(android?.ttl))?.[1];
  return broken({
    'a message without its tokens has at most 4,096 bytes':
      Buffer.byteLength(JSON.stringify({ ...body, message: rest })) <= 4_096,
    'up to 1,000 tokens, each once': tokens.length <= 1_000 && new Set(tokens).size === tokens.length,
    title: isWhole(title) && title.trim() !== '',
    body: isWhole(text) && text.trim() !== '',
    'data is a string': typeof data === 'string',
    'ttl is of seconds, 15 days at the most':
      seconds !== undefined && Number(seconds) >= 1 && Number(seconds) <= 1_296_000,
    'click_action of type 1, 2 or 3': [1, 2, 3].includes(Number(click_action?.type)),
    'type 1 has an intent': click_action?.type !== 1 || typeof click_action.intent === 'string',
    'type 2 has an address of https': click_action?.type !== 2 || String(click_action.url).startsWith('https://'),
    'importance is LOW or NORMAL': ['LOW', 'NORMAL'].includes(String(importance)),
    'an image is of https': image === undefined || String(image).startsWith('https://'),
    'a tag is a string': tag === undefined || typeof tag === 'string',
    'a notify_id is an integer': notify_id === undefined || Number.isInteger(notify_id),
    'a badge has a class, and add_num from 1 to 99':
      badge === undefined ||
      (typeof badge.class === 'string' && Number(badge.add_num ?? 1) >= 1 && Number(badge.add_num ?? 1) <= 99),
  });
}

export class HuaweiServer extends VendorServer {
  readonly tokenPath = '/oauth2/v3/token';
  readonly sendPath: string;
  #appId: string;
  #secret: string;

  constructor({ appId, clientSecret, projectId }: { appId: string; clientSecret: string; projectId?: string }) {
    super();
    this.#appId = appId;
    this.#secret = clientSecret;
    this.sendPath = projectId === undefined ? `/v1/${appId}/messages:send` : `/v2/${projectId}/messages:send`;
  }

  protected answer(call: Call): Reply {
    if (call.path === this.tokenPath) return this.#token(call);
    return call.path === this.sendPath ? this.#send(call) : { status: 404 };
  }

  #token(call: Call): Reply {
    const { grant_type, client_id, client_secret } = formOf(call);
    if (call.method !== 'POST' || !/^application\/x-www-form-urlencoded/.test(call.headers['content-type'] ?? '')) {
      this.fault(call, 'POST of a form');
    }
    if (grant_type !== 'client_credentials') this.fault(call, 'grant_type');
    if (client_id !== this.#appId || client_secret !== this.#secret) {
      return this.json({ error: 1101, sub_error: 20_044, error_description: 'invalid client' }, 400);
    }
    return this.json({ access_token: this.issue(), expires_in: 3_600, token_type: 'Bearer' });
  }

  #send(call: Call): Reply {
    const bearer = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];
    if (bearer === undefined || !this.issued.has(bearer)) return this.#reply('80200003', 'Oauth Token expired', 401);
    if (!/^application\/json/.test(call.headers['content-type'] ?? '')) this.fault(call, 'content-type');
    const body = objectIn(call.text);
    const faults = huaweiFaults(body);
    const tokens = (body as unknown as Body).message.token as string[];
    if (tokens.length === 0) faults.push('a token');
    for (const one of faults) this.fault(call, one);
    if (faults.length > 0) return this.#reply('80100003', faults[0]!, 400);
    const dead = tokens.filter((token) => this.dead.has(token));
    const { title, body: text } = (body as unknown as Body).message.android!.notification!;
    for (const token of tokens) {
      if (!this.dead.has(token)) this.taken.push({ token, title: String(title), body: String(text), request: body });
    }
    if (dead.length === tokens.length) return this.#reply('80300007', 'all tokens are invalid');
    if (dead.length === 0) return this.#reply('80000000', 'Success');
    const msg = { success: tokens.length - dead.length, failure: dead.length, illegal_tokens: dead };
    return this.#reply('80100000', JSON.stringify(msg));
  }

  #reply(code: string, msg: string, status = 200): Reply {
    return this.json({ code, msg, requestId: '157' }, status);
  }
}
