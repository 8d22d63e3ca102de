import { example } from '../../../../services/common/protocol/rest/examples.ts';
import { maxBatchMessages } from '../../../../services/common/protocol/rest/push.ts';
import type { SavedTask } from '../../../../services/common/protocol/saved-task-calls.ts';
import type { Endpoint } from '../../../../services/im/api/endpoint.ts';
import { issueToken, tokenTtlMs } from '../../../../services/im/api/tokens.ts';
import type { Answer, ApiRig } from '../rig.ts';

/** What goes into a call, in the values of the examples. A body that is text goes as it is. */
export interface Given {
  params: Record<string, string | string[]>;
  body?: unknown;
}

/** Stand for ids of another app. */
export const foreign = { cid: 'CID_OF_ANOTHER_APP', task: 'TASK_OF_ANOTHER_APP' } as const;

/** Where one example is not enough: the same value with a number. */
export function numbered(value: string, number: number): string {
  return `${value}~${number}`;
}

const aliasOf = (number: number): string => (number === 0 ? example.alias : `${example.alias}_${number}`);

/**
 * Makes the examples of calls work on a rig: what they name is there, and real values stand where the examples have theirs.
 * A call whose example names something new needs a line in `arrange`.
 */
export class WorkingExamples {
  readonly #rig: ApiRig;
  readonly #app: string;
  readonly #cids: string[];
  readonly #foreignCid: string;
  readonly #token: string;

  constructor(rig: ApiRig) {
    this.#rig = rig;
    this.#app = rig.addApp('app1');
    this.#cids = Array.from({ length: 1_001 }, () => rig.addDevice(this.#app));
    const other = rig.addApp('app2');
    this.#foreignCid = rig.addDevice(other);
    this.#save(other, foreign.task);
    this.#token = this.#newToken();
  }

  get appId(): string {
    return this.#app;
  }

  /** Makes the call as it is given, with a token of its app unless told otherwise. */
  send({ method, path }: Endpoint, given: Given, options: { token?: string; appId?: string } = {}): Promise<Answer> {
    this.#arrange();
    const real = this.#realValues();
    const body = typeof given.body === 'string' ? given.body : JSON.stringify(given.body);
    const segments = path.split('/').map((segment) => {
      const value = segment.startsWith(':') ? given.params[segment.slice(1)]! : segment;
      return [value]
        .flat()
        .map((part) => encodeURIComponent(real(part)))
        .join(',');
    });
    return this.#rig.call(method, `/v2/${options.appId ?? this.#app}${segments.join('/')}`, {
      token: options.token ?? this.#token,
      ...(body === undefined || method === 'GET' ? {} : { body: real(body) }),
    });
  }

  /** What the command lines of docs/api.md read, with which each of them works once. */
  shellVariables(): Record<string, string> {
    this.#arrange();
    const { sign, timestamp, appkey } = this.#rig.authBody(this.#app) as Record<string, string>;
    return {
      BASE: `${this.#rig.urls[0]}/v2/${this.#app}`,
      TOKEN: this.#newToken(),
      CID: this.#cids[0]!,
      SIGN: sign!,
      NOW: timestamp!,
      KEY: appkey!,
      TASK: example.singleTask,
      LIST: example.listTask,
      LATER: example.laterTask,
    };
  }

  /** What a call before may have taken away is there again. */
  #arrange(): void {
    const { userMysql, userRedis } = this.#rig;
    const cid = this.#cids[0]!;
    userRedis.forgetRequests();
    userMysql.stopped.clear();
    userMysql.aliases.clear();
    // One alias a device, as many as a batch may name.
    for (const [index, one] of this.#cids.slice(0, maxBatchMessages).entries()) {
      userMysql.aliases.set(`${this.#app}/${one}`, aliasOf(index));
    }
    userRedis.statuses.set(cid, { online: false, depth: 0, attachedAt: this.#rig.now() });
    for (const task of [example.listTask, example.appTask]) this.#save(this.#app, task);
    userMysql.schedules.saveMessage({ ...this.#kept(this.#app, example.laterTask), madeAt: this.#rig.now() });
  }

  #newToken(): string {
    return issueToken(['token-key-of-tests'], this.#app, this.#rig.now() + tokenTtlMs);
  }

  #save(app: string, task: string): void {
    this.#rig.userMysql.saved.set(`${app}/${task}`, this.#kept(app, task));
  }

  #kept(app: string, task: string): SavedTask {
    const times = { at: this.#rig.now(), exp: Number.MAX_SAFE_INTEGER };
    return { app, task, kind: 'list', ...times, stored: true, content: '{"transmission":"hi"}' };
  }

  #realValues(): (text: string) => string {
    const { rig, app } = { rig: this.#rig, app: this.#app };
    const { sign, timestamp, appkey } = rig.authBody(app) as Record<string, string>;
    const token = this.#newToken();
    const values: [string, (number: number) => string][] = [
      [example.cid, (number) => this.#cids[number]!],
      [example.requestId, () => rig.requestId()],
      [example.nextRequestId, () => rig.requestId()],
      [example.alias, aliasOf],
      [example.sign, () => sign!],
      [example.timestamp, () => timestamp!],
      [example.appKey, () => appkey!],
      [example.token, () => token],
      [foreign.cid, () => this.#foreignCid],
    ];
    // One request names one thing by one value, wherever it stands.
    const known = new Map<string, string>();
    return (text) =>
      values.reduce(
        (done, [value, real]) =>
          done.includes(value)
            ? done.replaceAll(new RegExp(`${value}(?:~(\\d+))?`, 'g'), (whole, number = '0') => {
                const made = known.get(whole) ?? real(Number(number));
                known.set(whole, made);
                return made;
              })
            : done,
        text,
      );
  }
}
