import { broken, type Call, formOf, isWhole, objectIn, type Reply, VendorServer } from './vendor-server.ts';

interface Body {
  data?: unknown;
  token?: unknown;
  android?: {
    ttl?: unknown;
    notification?: {
      title?: unknown;
      body?: unknown;
      clickAction?: { type?: unknown; url?: unknown; intent?: unknown };
      importance?: unknown;
      badge?: { addNum?: unknown; badgeClass?: unknown };
    };
  };
}

/** What is known of Honor's demands on a message: the rules that are broken. */
export function honorFaults(given: Record<string, unknown>): string[] {
  const { data, token, android } = given as Body;
  const { title, body, clickAction, importance, badge } = android?.notification ?? {};
  const { token: _, ...rest } = given;
  const tokens = Array.isArray(token) ? token : [];
  const seconds = /^(\d+)s$/.exec(String(android?.ttl))?.[1];
  return broken({
    'a message without its tokens has at most 4,096 bytes': Buffer.byteLength(JSON.stringify(rest)) <= 4_096,
    'up to 1,000 tokens, each once': tokens.length <= 1_000 && new Set(tokens).size === tokens.length,
    title: isWhole(title) && title.trim() !== '',
    body: isWhole(body) && body.trim() !== '',
    'data is a string': typeof data === 'string',
    'ttl is of seconds, 15 days at the most':
      seconds !== undefined && Number(seconds) >= 1 && Number(seconds) <= 1_296_000,
    'clickAction of type 1, 2 or 3': [1, 2, 3].includes(Number(clickAction?.type)),
    'type 1 has an intent': clickAction?.type !== 1 || typeof clickAction.intent === 'string',
    'type 2 has an address': clickAction?.type !== 2 || typeof clickAction.url === 'string',
    'importance is LOW or NORMAL': ['LOW', 'NORMAL'].includes(String(importance)),
    'a badge has a class': badge === undefined || typeof badge.badgeClass === 'string',
  });
}

export class HonorServer extends VendorServer {
  readonly tokenPath = '/auth/token';
  readonly sendPath: string;
  #id: string;
  #secret: string;

  constructor({ appId, clientId, clientSecret }: { appId: string; clientId: string; clientSecret: string }) {
    super();
    this.#id = clientId;
    this.#secret = clientSecret;
    this.sendPath = `/api/v1/${appId}/sendMessage`;
  }

  protected answer(call: Call): Reply {
    if (call.path === this.tokenPath) {
      const { grant_type, client_id, client_secret } = formOf(call);
      if (grant_type !== 'client_credentials') this.fault(call, 'grant_type');
      if (client_id !== this.#id || client_secret !== this.#secret) {
        return this.json({ error: 'unauthorized_client', error_description: 'Invalid client' }, 401);
      }
      return this.json({ access_token: this.issue(), expires_in: 3_600, token_type: 'Bearer' });
    }
    return call.path === this.sendPath ? this.#send(call) : { status: 404 };
  }

  #send(call: Call): Reply {
    const bearer = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];
    if (bearer === undefined || !this.issued.has(bearer)) return this.json({ code: 401, message: 'unauthorized' }, 401);
    if (!/^\d{13}$/.test(String(call.headers['timestamp']))) this.fault(call, 'timestamp');
    if (!/^application\/json/.test(call.headers['content-type'] ?? '')) this.fault(call, 'content-type');
    const body = objectIn(call.text);
    const faults = honorFaults(body);
    const tokens = (body as Body).token as string[];
    for (const one of faults) this.fault(call, one);
    if (faults.length > 0) return this.json({ code: 80_100_003, message: faults[0]! }, 400);
    const expireTokens = tokens.filter((token) => this.dead.has(token));
    const { title, body: text } = (body as Body).android!.notification!;
    for (const token of tokens) {
      if (!this.dead.has(token)) this.taken.push({ token, title: String(title), body: String(text), request: body });
    }
    const sendResult = expireTokens.length < tokens.length;
    return this.json({ code: 200, message: 'success', data: { sendResult, requestId: '1', expireTokens } });
  }
}
