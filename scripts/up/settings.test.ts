import { expect, test } from 'vitest';
import { settingsOf } from './settings.ts';

const keys = {
  'user-redis': ['logLevel', 'redisUrl'],
  'user-mysql': ['logLevel'],
  im: ['logLevel', 'traceRatio'],
  cm: ['logLevel', 'traceRatio', 'drainMs'],
  console: ['logLevel'],
};

test('a key goes to every role that has it, or to the one that is named; the later of two wins', () => {
  expect(
    settingsOf(['traceRatio=0.5', 'cm.traceRatio=1', 'drainMs=0', 'user-redis.redisUrl=redis://x?a=b'], keys),
  ).toEqual({
    'user-redis': { LONGWIRE_REDIS_URL: 'redis://x?a=b' },
    'user-mysql': {},
    im: { LONGWIRE_TRACE_RATIO: '0.5' },
    cm: { LONGWIRE_TRACE_RATIO: '1', LONGWIRE_DRAIN_MS: '0' },
    console: {},
  });
});

test.each([['traceRatio'], ['tracerRatio=1'], ['im.drainMs=1'], ['web.logLevel=info'], ['=1'], ['']])(
  '%j is refused with one line that says what is allowed',
  (text) => {
    expect(() => settingsOf([text], keys)).toThrow(/^--set .*: allowed is key=value or role\.key=value.*$/);
  },
);
