import { createHash } from 'node:crypto';
import { broken, type Call, isWhole, objectIn, type Reply, VendorServer } from './vendor-server.ts';

/** What vivo's document demands of a message: the rules that are broken. */
export function vivoFaults(message: Record<string, unknown>): string[] {
  const { appId, notifyType, title, content, timeToLive, skipType, skipContent, networkType, notifyId } = message;
  const custom = Object.entries((message['clientCustomMap'] ?? {}) as Record<string, unknown>);
  return broken({
    'appId is a number': Number.isInteger(appId),
    'notifyType 1 to 4': [1, 2, 3, 4].includes(Number(notifyType)),
    'a title of up to 40 characters': isWhole(title) && title.trim() !== '' && title.length <= 40,
    'content of up to 100 characters': isWhole(content) && content.trim() !== '' && content.length <= 100,
    'timeToLive from a minute to a day':
      Number.isInteger(timeToLive) && Number(timeToLive) >= 60 && Number(timeToLive) <= 86_400,
    'skipType 1, 2 or 4': [1, 2, 4].includes(Number(skipType)),
    'types 2 and 4 have content of up to 1,024 characters':
      skipType === 1 || (typeof skipContent === 'string' && skipContent.length <= 1_024),
    'networkType -1 or 1': [-1, 1].includes(Number(networkType)),
    'up to ten texts of 1,024 characters with their keys':
      custom.length <= 10 &&
      custom.every(([, value]) => typeof value === 'string') &&
      custom.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0) <= 1_024,
    'notifyId from 1 to 2^31 - 1': Number.isInteger(notifyId) && Number(notifyId) >= 1 && Number(notifyId) < 2 ** 31,
  });
}

export class VivoServer extends VendorServer {
  readonly tokenPath = '/message/auth';
  readonly sendPath = '/message/send';
  readonly savePath = '/message/saveListPayload';
  readonly listPath = '/message/pushToList';
  #credentials: { appId: string; appKey: string; appSecret: string };
  #saved = new Map<string, Record<string, unknown>>();
  #requestIds = new Set<unknown>();

  constructor(credentials: { appId: string; appKey: string; appSecret: string }) {
    super();
    this.#credentials = credentials;
  }

  protected answer(call: Call): Reply {
    if (!/^application\/json/.test(call.headers['content-type'] ?? '')) this.fault(call, 'content-type');
    const body = objectIn(call.text);
    if (call.path === this.tokenPath) return this.#auth(body);
    if (!this.issued.has(String(call.headers['authtoken']))) return this.#reply(10_000, '权限认证失败');
    if (body['appId'] !== Number(this.#credentials.appId)) return this.#reply(10_094, 'appId');
    const { requestId } = body;
    if (typeof requestId !== 'string' || requestId.length > 64 || this.#requestIds.has(requestId)) {
      this.fault(call, 'a requestId of its own, of up to 64 characters');
    }
    this.#requestIds.add(requestId);
    if (call.path === this.listPath) return this.#toList(call, body);
    const faults = vivoFaults(body);
    for (const one of faults) this.fault(call, one);
    if (faults.length > 0) return this.#reply(10_000 + 50, faults[0]!);
    if (call.path === this.savePath) {
      const taskId = `list-${this.#saved.size}`;
      this.#saved.set(taskId, body);
      return this.#reply(0, '请求成功', { taskId });
    }
    return call.path === this.sendPath ? this.#toOne(call, body) : { status: 404 };
  }

  #auth({ appId, appKey, timestamp, sign }: Record<string, unknown>): Reply {
    const { appId: id, appKey: key, appSecret } = this.#credentials;
    if (Math.abs(Number(timestamp) - this.now()) > 600_000) return this.#reply(10_207, 'timestamp');
    const right = createHash('md5')
      .update(`${id}${key}${String(timestamp)}${appSecret}`)
      .digest('hex');
    if (appId !== Number(id) || appKey !== key || sign !== right) return this.#reply(10_206, 'sign');
    return this.#reply(0, '请求成功', { authToken: this.issue() });
  }

  #toOne(call: Call, body: Record<string, unknown>): Reply {
    const { regId } = body;
    if (typeof regId !== 'string') this.fault(call, 'a regId');
    if (this.dead.has(String(regId))) {
      return this.#reply(10_302, 'regId不合法', { invalidUser: { userid: regId, status: 2 } });
    }
    this.#shown(String(regId), body);
    return this.#reply(0, '请求成功', { taskId: '1' });
  }

  #toList(call: Call, { regIds, taskId }: Record<string, unknown>): Reply {
    const saved = this.#saved.get(String(taskId));
    const tokens = Array.isArray(regIds) ? regIds.map(String) : [];
    if (!saved) this.fault(call, 'a taskId that was saved');
    if (tokens.length < 2 || tokens.length > 1_000) this.fault(call, '2 to 1,000 regIds');
    const dead = tokens.filter((token) => this.dead.has(token));
    if (dead.length === tokens.length) return this.#reply(10_302, 'regId不合法');
    for (const token of tokens) if (!this.dead.has(token)) this.#shown(token, saved ?? {});
    const invalidUsers = dead.map((userid) => ({ userid, status: 1 }));
    return this.#reply(0, '请求成功', dead.length > 0 ? { invalidUsers } : {});
  }

  #shown(token: string, request: Record<string, unknown>): void {
    this.taken.push({ token, title: String(request['title']), body: String(request['content']), request });
  }

  #reply(result: number, desc: string, more: object = {}): Reply {
    return this.json({ result, desc, ...more });
  }
}
