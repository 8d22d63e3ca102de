import { constants, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { broken, type Call, isWhole, objectIn, type Reply, VendorServer } from './vendor-server.ts';

interface Body {
  payload?: {
    notification?: {
      category?: unknown;
      title?: unknown;
      body?: unknown;
      clickAction?: { actionType?: unknown; data?: unknown };
      notifyId?: unknown;
      image?: unknown;
      badge?: { addNum?: unknown };
    };
  };
  pushOptions?: { ttl?: unknown; biTag?: unknown };
  target?: { token?: unknown };
}

const categories = new Set([
  ...['IM', 'VOIP', 'MISS_CALL', 'SUBSCRIPTION', 'TRAVEL', 'HEALTH', 'WORK', 'ACCOUNT', 'EXPRESS', 'FINANCE'],
  ...['DEVICE_REMINDER', 'MAIL', 'MARKETING'],
]);

/** What Push Kit's document of the v3 API demands of a notification: the rules that are broken. */
export function harmonyFaults(given: Record<string, unknown>): string[] {
  const { payload, pushOptions, target } = given as Body;
  const { category, title, body, clickAction, notifyId, image, badge } = payload?.notification ?? {};
  const tokens = Array.isArray(target?.token) ? target.token : [];
  const { ttl, biTag } = pushOptions ?? {};
  return broken({
    'a message without its tokens has at most 4,096 bytes':
      Buffer.byteLength(JSON.stringify({ ...given, target: {} })) <= 4_096,
    'up to 1,000 tokens, each once': tokens.length <= 1_000 && new Set(tokens).size === tokens.length,
    category: categories.has(String(category)),
    title: isWhole(title) && title.trim() !== '',
    body: isWhole(body) && body.trim() !== '',
    'clickAction opens the app or a page': [0, 1].includes(Number(clickAction?.actionType)),
    'data of a click is an object': typeof clickAction?.data === 'object',
    'a notifyId is an integer': notifyId === undefined || Number.isInteger(notifyId),
    'an image is of https': image === undefined || String(image).startsWith('https://'),
    'a badge adds 1 to 99': badge === undefined || (Number(badge.addNum) >= 1 && Number(badge.addNum) <= 99),
    'ttl is of seconds, 15 days at the most': Number.isInteger(ttl) && Number(ttl) >= 1 && Number(ttl) <= 1_296_000,
    'a biTag has at most 64 bytes': biTag === undefined || Buffer.byteLength(String(biTag)) <= 64,
  });
}

interface Account {
  project_id: string;
  key_id: string;
  private_key: string;
  sub_account: string;
}

export function newHarmonyAccount(): Account {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { project_id: '3158882', key_id: 'key-1', sub_account: '1234567890', private_key };
}

export class HarmonyServer extends VendorServer {
  readonly sendPath: string;
  #account: Account;
  #key: KeyObject;
  /** Tokens that were issued before this are taken for expired, ms. */
  #expiredBefore = 0;
  #seen = new Set<string>();

  constructor(account: Account) {
    super();
    this.#account = account;
    this.#key = createPublicKey(account.private_key);
    this.sendPath = `/v3/${account.project_id}/messages:send`;
  }

  override expireTokens(): void {
    this.#expiredBefore = this.#seen.size;
  }

  protected answer(call: Call): Reply {
    if (call.path !== this.sendPath) return { status: 404 };
    const denied = this.#denied(call);
    if (denied) return this.#reply(denied, 'Authentication Error', 401);
    if (call.headers['push-type'] !== '0') this.fault(call, 'push-type');
    if (!/^application\/json/.test(call.headers['content-type'] ?? '')) this.fault(call, 'content-type');
    const body = objectIn(call.text);
    const faults = harmonyFaults(body);
    const tokens = (body as Body).target?.token as string[];
    if (tokens.length === 0) faults.push('a token');
    for (const one of faults) this.fault(call, one);
    if (faults.length > 0) return this.#reply('80100003', `Illegal payload, ${faults[0]}`, 400);
    const dead = tokens.filter((token) => this.dead.has(token));
    const { title, body: text } = (body as Body).payload!.notification!;
    for (const token of tokens) {
      if (!this.dead.has(token)) this.taken.push({ token, title: String(title), body: String(text), request: body });
    }
    if (dead.length === 0) return this.#reply('80000000', 'Success');
    const msg = {
      illegalTokens: { tokenFormatError: dead },
      success: tokens.length - dead.length,
      failure: dead.length,
    };
    return this.#reply(dead.length === tokens.length ? '80300007' : '80100000', JSON.stringify(msg));
  }

  /** PS256 by the account's key, for the fixed audience, for an hour. */
  #denied(call: Call): string | undefined {
    const jwt = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];
    const [head, claims, signature] = (jwt ?? '').split('.');
    if (!jwt || !head || !claims || !signature) return '80200001';
    const how = {
      key: this.#key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    if (!verify('sha256', Buffer.from(`${head}.${claims}`), how, Buffer.from(signature, 'base64url')))
      return '80200001';
    const { kid, typ, alg } = objectIn(String(Buffer.from(head, 'base64url')));
    const { aud, iss, iat, exp } = objectIn(String(Buffer.from(claims, 'base64url')));
    const { key_id, sub_account } = this.#account;
    if (kid !== key_id || typ !== 'JWT' || alg !== 'PS256') this.fault(call, 'the head of the JWT');
    if (iss !== sub_account || aud !== 'https://oauth-login.cloud.huawei.com/oauth2/v3/token') return '80200001';
    if (Number(exp) - Number(iat) > 86_400) return '80300036';
    this.#seen.add(jwt);
    const isOld = [...this.#seen].indexOf(jwt) < this.#expiredBefore;
    return isOld || Number(exp) * 1_000 <= this.now() ? '80200005' : undefined;
  }

  #reply(code: string, msg: string, status = 200): Reply {
    return this.json({ code, msg, requestId: '157' }, status);
  }
}
