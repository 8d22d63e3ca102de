import { expect, test } from 'vitest';
import { rightsOf } from './oidc-rights.ts';

const mappings = ['ops=admin:*', 'shop=sender:shop', 'shop=viewer:other', 'a b/c=viewer:*'];

test.each([
  [['ops'], [{ right: 'admin', app: '*' }]],
  ['ops', [{ right: 'admin', app: '*' }]],
  [
    ['shop', 'x'],
    [
      { right: 'sender', app: 'shop' },
      { right: 'viewer', app: 'other' },
    ],
  ],
  [['a b/c'], [{ right: 'viewer', app: '*' }]],
  [['Ops'], []],
  [['ops=admin'], []],
  [[], []],
  [undefined, []],
  [null, []],
  [{ ops: true }, []],
  [[['ops']], []],
  [7, []],
])('%j gives %j', (claim, rights) => {
  expect(rightsOf(claim, mappings)).toEqual(rights);
});

test('without a mapping nobody gets in', () => {
  expect(rightsOf(['ops'], [])).toEqual([]);
});
