import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueToken } from '../../../services/im/api/tokens.ts';
import { ApiRig, hourMs } from './rig.ts';

describe('authentication', () => {
  let rig: ApiRig;
  let app: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
  });
  afterEach(() => rig.stop());

  const auth = (body: unknown, appId = app) => rig.call('POST', `/v2/${appId}/auth`, { body });
  const works = async (token: string) => {
    const cid = rig.addDevice(app);
    return (await rig.call('POST', `/v2/${app}/push/single/cid`, { token, body: rig.pushBody(cid) })).code === 0;
  };

  it('issues a token that is valid for 24 h and lets its app in', async () => {
    const answer = await auth(rig.authBody(app));
    expect(answer).toMatchObject({ http: 200, code: 0, msg: 'success' });
    expect(Number(answer.data?.['expire_time'])).toBeGreaterThan(rig.now() + 23.9 * hourMs);
    expect(await works(String(answer.data?.['token']))).toBe(true);
  });

  it('takes the timestamp as a number, a sign in capitals, and ignores an old token header', async () => {
    const body = rig.authBody(app);
    const asNumber = { ...body, timestamp: Number(body['timestamp']), sign: String(body['sign']).toUpperCase() };
    const answer = await rig.call('POST', `/v2/${app}/auth`, { body: asNumber, token: 'old' });
    expect(answer.code).toBe(0);
  });

  it('refuses a clock that is wrong by an hour, naming the timestamp, and then serves the right one', async () => {
    for (const skewMs of [hourMs, -hourMs]) {
      expect(await auth(rig.authBody(app, skewMs))).toEqual({ http: 400, code: 20001, msg: 'timestamp is invalid' });
    }
    expect((await auth(rig.authBody(app, 9 * 60_000))).code).toBe(0);
  });

  it('answers an unknown app, a wrong appkey and a wrong sign alike', async () => {
    const wrong = { http: 400, code: 20001, msg: 'sign is invalid' };
    const body = rig.authBody(app);
    expect(await auth({ ...body, sign: 'f'.repeat(64) })).toEqual(wrong);
    expect(await auth({ ...body, appkey: 'other' })).toEqual(wrong);
    expect(await auth(body, 'nobody')).toEqual(wrong);
    expect(await auth(body, 'no%20app!')).toEqual(wrong);
    expect((await auth(body)).code).toBe(0);
  });

  it('says which field is missing', async () => {
    const { sign, timestamp, appkey } = rig.authBody(app);
    expect((await auth({ timestamp, appkey })).msg).toBe('sign can not be empty');
    expect((await auth({ sign, timestamp, appkey: '' })).msg).toBe('appkey can not be empty');
    expect((await auth({ sign, appkey })).msg).toBe('timestamp can not be empty');
    expect((await auth({ sign, timestamp: true, appkey })).msg).toBe('timestamp type error');
    expect(await auth(undefined)).toMatchObject({ http: 400, code: 20001 });
    expect(await auth('null')).toMatchObject({ http: 400, code: 20001 });
  });

  it('refuses the 101st authentication of an app in a minute, whatever others get wrong meanwhile', async () => {
    const body = rig.authBody(app);
    for (let count = 0; count < 20; count++) await auth({ ...body, sign: 'f'.repeat(64) });
    // All within one minute of the clock.
    rig.offsetMs += 60_000 - (rig.now() % 60_000);
    const answers = [];
    for (let count = 0; count < 101; count++) answers.push(await auth(rig.authBody(app)));
    expect(answers.slice(0, 100).every(({ code }) => code === 0)).toBe(true);
    expect(answers[100]).toMatchObject({ http: 401, code: 10003 });
    rig.offsetMs += 60_000;
    expect((await auth(rig.authBody(app))).code).toBe(0);
  });

  it('refuses a missing, invented, altered, expired and stolen token, and takes one of an older key', async () => {
    const cid = rig.addDevice(app);
    const other = rig.addApp('app2');
    const push = (token?: string) =>
      rig.call('POST', `/v2/${app}/push/single/cid`, { ...(token ? { token } : {}), body: rig.pushBody(cid) });
    const token = await rig.token(app);
    for (const bad of [undefined, 'x', `${token}x`, token.replace('app1', 'app2'), await rig.token(other)]) {
      expect(await push(bad)).toEqual({ http: 401, code: 10001, msg: 'token is invalid' });
    }
    rig.offsetMs = 24 * hourMs + 1_000;
    expect(await push(token)).toEqual({ http: 401, code: 10001, msg: 'token is expired' });
    expect((await push(await rig.token(app))).code).toBe(0);
    expect((await push(issueToken(['an-older-token-key'], app, rig.now() + hourMs))).code).toBe(0);
    expect((await push(issueToken(['a-foreign-token-key'], app, rig.now() + hourMs))).code).toBe(10001);
  });

  it('takes the token header in any case', async () => {
    const token = await rig.token(app);
    const answer = await rig.call('GET', `/v2/${app}/user/cid/alias/a`, { headers: { TOKEN: token } });
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success', data: { cid: [] } });
  });

  it('revokes a token, and no other', async () => {
    const [first, second] = [await rig.token(app), await rig.token(app)];
    const revoke = (token: string) => rig.call('DELETE', `/v2/${app}/auth/${token}`, { token: second });
    expect(await revoke(first)).toEqual({ http: 200, code: 0, msg: 'success' });
    expect(await works(first)).toBe(false);
    expect(await works(second)).toBe(true);
    expect((await revoke('invented')).msg).toBe('token is invalid');
    const foreign = await rig.token(rig.addApp('app2'));
    expect((await revoke(foreign)).code).toBe(20001);
    expect(rig.userRedis.revoked.size).toBe(1);
  });

  it('locks a disabled app out once what it remembers of it is over', async () => {
    const token = await rig.token(app);
    const kept = rig.userMysql.apps.get(app)!;
    rig.userMysql.apps.set(app, { ...kept, disabled: true });
    expect(await works(token)).toBe(true);
    rig.offsetMs = 31_000;
    const body = rig.pushBody(rig.addDevice(app));
    const answer = await rig.call('POST', `/v2/${app}/push/single/cid`, { token, body });
    expect(answer).toMatchObject({ http: 401, code: 10002 });
    expect(await auth(rig.authBody(app))).toMatchObject({ http: 401, code: 10002 });
  });

  it('takes a new masterSecret at once, and the old one until its time is over', async () => {
    const oldBody = rig.authBody(app);
    const kept = rig.userMysql.apps.get(app)!;
    const oldMasterSecret = { secret: kept.masterSecret, until: rig.now() + hourMs };
    expect((await auth(oldBody)).code).toBe(0);
    rig.userMysql.apps.set(app, { ...kept, masterSecret: 'the-new-one', oldMasterSecret });
    const newBody = () => {
      const timestamp = String(rig.now());
      const sign = createHash('sha256').update(`${kept.appKey}${timestamp}the-new-one`).digest('hex');
      return { appkey: kept.appKey, timestamp, sign };
    };
    // What is remembered of the app is looked at again after 2 s at the soonest.
    rig.offsetMs += 2_001;
    expect((await auth(newBody())).code).toBe(0);
    expect((await auth(oldBody)).code).toBe(0);
    rig.offsetMs += hourMs;
    expect((await auth(rig.authBody(app))).code).toBe(20001);
    expect((await auth(newBody())).code).toBe(0);
  });

  it('holds an app to the authentications that were set for it', async () => {
    rig.userMysql.apps.set(app, { ...rig.userMysql.apps.get(app)!, quotas: { authsPerMinute: 2 } });
    rig.offsetMs += 60_000 - (rig.now() % 60_000);
    const codes = [];
    for (let count = 0; count < 3; count++) codes.push((await auth(rig.authBody(app))).code);
    expect(codes).toEqual([0, 0, 10003]);
  });

  it('serves apps it remembers while they cannot be read, and answers 503 for others', async () => {
    const token = await rig.token(app);
    rig.userMysql.away = true;
    rig.offsetMs = hourMs;
    expect(await works(token)).toBe(true);
    rig.addApp('app3');
    expect(await auth(rig.authBody('app3'), 'app3')).toMatchObject({ http: 503, code: 1 });
    rig.userMysql.away = false;
    expect((await auth(rig.authBody('app3'), 'app3')).code).toBe(0);
  });

  it('lets apps in while revocations cannot be read', async () => {
    const token = await rig.token(app);
    rig.userRedis.away = true;
    expect(await works(token)).toBe(true);
    expect((await auth(rig.authBody(app))).code).toBe(0);
    const text = await rig.registry.metrics();
    expect(text).toMatch(/longwire_api_failed_open_total\{lookup="token_revoked"\} [1-9]/);
  });
});
