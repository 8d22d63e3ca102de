import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readJwt } from './jwt.ts';
import { broken, type Call, formOf, objectIn, type Reply, VendorServer } from './vendor-server.ts';

/** A service account as its JSON file has it. */
export function newServiceAccount(projectId = 'demo-1') {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    type: 'service_account',
    project_id: projectId,
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: `push@${projectId}.iam.gserviceaccount.com`,
    token_uri: 'https://oauth2.googleapis.com/token',
  };
}

const fcmError = (errorCode: string, status: string, code: number) => ({
  error: {
    code,
    status,
    message: errorCode,
    details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }],
  },
});

/** FCM's HTTP v1 API with Google's OAuth server, of one project. */
export class FcmServer extends VendorServer {
  readonly tokenPath = '/token';
  readonly sendPath: string;
  /** Of access tokens, s. */
  lifeS = 3_599;
  #email: string;
  #key: KeyObject;

  constructor({ project_id, client_email, private_key }: ReturnType<typeof newServiceAccount>) {
    super();
    this.sendPath = `/v1/projects/${project_id}/messages:send`;
    this.#email = client_email;
    this.#key = createPublicKey(private_key);
  }

  protected answer(call: Call): Reply {
    if (call.method !== 'POST') this.fault(call, 'POST');
    if (call.path === this.tokenPath) return this.#token(call);
    if (call.path !== this.sendPath) return this.json(fcmError('NOT_FOUND', 'NOT_FOUND', 404), 404);
    return this.#send(call);
  }

  #token(call: Call): Reply {
    const { grant_type, assertion } = formOf(call);
    const type = call.headers['content-type'];
    if (type !== 'application/x-www-form-urlencoded') this.fault(call, `content-type ${type}`);
    if (grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') this.fault(call, 'grant_type');
    const read = readJwt(assertion, 'RS256', this.#key);
    if (typeof read === 'string') return this.json({ error: 'invalid_grant', error_description: read }, 400);
    const { iss, scope, aud, iat, exp } = read.claims;
    const nowS = this.now() / 1_000;
    for (const one of broken({
      'iss is the account': iss === this.#email,
      scope: scope === 'https://www.googleapis.com/auth/firebase.messaging',
      aud: aud === 'https://oauth2.googleapis.com/token',
      'iat is now': Math.abs(Number(iat) - nowS) < 60,
      'exp is an hour after iat at the most': Number(exp) > nowS && Number(exp) - Number(iat) <= 3_600,
    })) {
      this.fault(call, one);
    }
    return this.json({ access_token: this.issue(), expires_in: this.lifeS, token_type: 'Bearer' });
  }

  #send(call: Call): Reply {
    const bearer = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1];
    if (!this.issued.has(bearer ?? '')) {
      return this.json({ error: { code: 401, status: 'UNAUTHENTICATED', message: 'x' } }, 401);
    }
    const { message, ...others } = objectIn(call.text) as { message: Record<string, Record<string, unknown>> };
    const { token, notification, data = {}, android = {}, ...rest } = message;
    const shown = (android['notification'] ?? {}) as Record<string, unknown>;
    const payloadBytes = Buffer.byteLength(JSON.stringify({ notification, data }));
    for (const one of broken({
      'only a message': Object.keys(others).length === 0,
      'one target': typeof token === 'string' && rest['topic'] === undefined && rest['condition'] === undefined,
      'at most 4,096 bytes': payloadBytes <= 4_096,
      'data is text': Object.values(data).every((value) => typeof value === 'string'),
      'no reserved names': !Object.keys(data).some((name) => /^(from|message_type|google|gcm)/.test(name)),
      'a ttl of up to 28 days':
        /^\d+(\.\d+)?s$/.test(String(android['ttl'])) && parseInt(String(android['ttl']), 10) <= 2_419_200,
      'a priority': ['HIGH', 'NORMAL'].includes(String(android['priority'])),
      'a tag': typeof shown['tag'] === 'string',
      'a title and a text': typeof notification?.['title'] === 'string' && typeof notification['body'] === 'string',
    })) {
      this.fault(call, one);
    }
    const text = String(token);
    if (this.dead.has(text)) return this.json(fcmError('UNREGISTERED', 'NOT_FOUND', 404), 404);
    const { title, body } = notification!;
    this.taken.push({ token: text, title: String(title), body: String(body), request: message });
    return this.json({ name: `projects/demo/messages/${this.taken.length}` });
  }
}

/** FCM's answers where it takes nothing. */
export const fcmRefusals = {
  quota: {
    status: 429,
    headers: { 'retry-after': '30' },
    body: JSON.stringify(fcmError('QUOTA_EXCEEDED', 'RESOURCE_EXHAUSTED', 429)),
  },
  unavailable: { status: 503, body: JSON.stringify(fcmError('UNAVAILABLE', 'UNAVAILABLE', 503)) },
  invalid: { status: 400, body: JSON.stringify(fcmError('INVALID_ARGUMENT', 'INVALID_ARGUMENT', 400)) },
  sender: { status: 403, body: JSON.stringify(fcmError('SENDER_ID_MISMATCH', 'PERMISSION_DENIED', 403)) },
  forbidden: { status: 403, body: JSON.stringify({ error: { code: 403, status: 'PERMISSION_DENIED' } }) },
};
