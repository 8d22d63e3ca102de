import { broken, type Call, formOf, isWhole, type Reply, VendorServer } from './vendor-server.ts';

/** What Mi Push's document demands of a notification's form: the rules that are broken. */
export function xiaomiFaults(form: Record<string, string>): string[] {
  const { title, description, pass_through, time_to_live, notify_id, payload, registration_id = '' } = form;
  const extras = Object.entries(form).filter(([name]) => name.startsWith('extra.'));
  const effect = form['extra.notify_effect'];
  const ids = registration_id === '' ? [] : registration_id.split(',');
  return broken({
    restricted_package_name: Boolean(form['restricted_package_name']),
    'a notification, not passed through': pass_through === '0',
    'a title shorter than 50 characters, not blank': isWhole(title) && title.length < 50 && title.trim() !== '',
    'a description shorter than 128 characters, not blank':
      isWhole(description) && description.length < 128 && description.trim() !== '',
    'a payload shorter than 4 KB, not blank':
      payload === undefined || (payload.length < 4_096 && payload.trim() !== ''),
    'time_to_live in ms, two weeks at the most':
      /^\d+$/.test(time_to_live ?? '') && Number(time_to_live) <= 1_209_600_000,
    'notify_id is an integer': /^\d+$/.test(notify_id ?? '') && Number(notify_id) < 2 ** 31,
    'up to ten extras of up to 1,024 characters':
      extras.length <= 10 && extras.every(([name, value]) => name.length <= 1_024 && value.length <= 1_024),
    'effect 1, 2 with an intent, or 3 with an address':
      effect === '1' ||
      (effect === '2' && Boolean(form['extra.intent_uri'])) ||
      (effect === '3' && Boolean(form['extra.web_uri'])),
    'up to 1,000 registration ids, each once': ids.length <= 1_000 && new Set(ids).size === ids.length,
  });
}

export class XiaomiServer extends VendorServer {
  readonly sendPath = '/v3/message/regid';
  #secret: string;
  #packageName: string;

  constructor({ appSecret, packageName }: { appSecret: string; packageName: string }) {
    super();
    this.#secret = appSecret;
    this.#packageName = packageName;
  }

  protected answer(call: Call): Reply {
    if (call.path !== this.sendPath) return { status: 404 };
    if (call.headers.authorization !== `key=${this.#secret}`) return this.#failure(21_301, '认证失败');
    if (!/^application\/x-www-form-urlencoded/.test(call.headers['content-type'] ?? '')) this.fault(call, 'a form');
    const form = formOf(call);
    if (form['restricted_package_name'] !== this.#packageName) return this.#failure(22_022, 'package name');
    const faults = xiaomiFaults(form);
    const tokens = (form['registration_id'] ?? '').split(',').filter(Boolean);
    if (tokens.length === 0) faults.push('a registration id');
    for (const one of faults) this.fault(call, one);
    if (faults.length > 0) return this.#failure(10_017, faults[0]!);
    const bad = tokens.filter((token) => this.dead.has(token));
    for (const token of tokens) {
      if (!this.dead.has(token)) {
        this.taken.push({ token, title: form['title']!, body: form['description']!, request: form });
      }
    }
    if (bad.length === tokens.length) return this.#failure(20_301, '发送消息失败');
    const data = { id: 'slm1', ...(bad.length === 0 ? {} : { bad_regids: bad.join(',') }) };
    return this.json({ result: 'ok', trace_id: 'X', code: 0, description: '成功', info: 'Received', data });
  }

  #failure(code: number, description: string): Reply {
    return this.json({ result: 'error', reason: description, trace_id: 'X', code, description });
  }
}
