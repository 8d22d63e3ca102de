import Type from 'typebox';

const four = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** Empty too: that is how an empty list is written in the environment. */
const block = `^(${four}(\\.${four}){3}(/(3[0-2]|[12]?\\d))?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*(/(12[0-8]|1[01]\\d|[1-9]?\\d))?)?$`;
const addresses = Type.String({ pattern: block, maxLength: 64 });

/** Keys of the services that clients reach from outside. */
export const addressConfig = {
  trustedProxies: Type.Array(addresses, {
    default: [],
    hot: true,
    description:
      'Addresses and blocks of proxies whose `X-Forwarded-For` (and PROXY header, where on) says who the client is; others’ is not read',
  }),
  proxyProtocol: Type.Boolean({
    default: false,
    description: 'Connections of trusted proxies to `port` begin with a PROXY header, version 1 or 2',
  }),
  addressLimitExempt: Type.Array(addresses, {
    default: ['127.0.0.0/8', '::1'],
    hot: true,
    description:
      'Addresses and blocks that limits by address leave alone. Loopback: what comes from the machine itself, as a sidecar or one machine with all roles',
  }),
  addressFailuresPerSecond: Type.Number({
    default: 1,
    minimum: 0.01,
    hot: true,
    description:
      'Tries with wrong credentials that an address has in the long run; those past that are refused without more work',
  }),
  addressFailureBurst: Type.Integer({ default: 100, minimum: 1, hot: true, description: 'Such tries at once' }),
};
