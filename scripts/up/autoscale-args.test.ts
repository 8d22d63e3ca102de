import { expect, test } from 'vitest';
import { parseUpArgs } from './args.ts';

const autoscaleOf = (...args: string[]) => {
  const options = parseUpArgs(args);
  if (options === 'help') throw new Error('help was not asked for');
  return options.autoscale;
};

test('--autoscale alone: from what --scale says to four', () => {
  for (const args of [['--autoscale'], ['--autoscale', '--no-demo']]) {
    expect(autoscaleOf(...args, '--scale', 'cm=2,im=6')).toEqual({
      limits: {
        cm: { min: 2, max: 4 },
        im: { min: 6, max: 6 },
        'user-redis': { min: 1, max: 4 },
        'user-mysql': { min: 1, max: 4 },
      },
      targets: { cm: {}, im: {}, 'user-redis': {}, 'user-mysql': {} },
      hasten: 1,
    });
  }
});

test('limits, targets and the haste are understood', () => {
  const options = autoscaleOf('--autoscale', 'cm=1..2,im=2..3', '--target', 'im.records=20', '--hasten', '30');
  expect(options).toMatchObject({ limits: { cm: { min: 1, max: 2 }, im: { min: 2, max: 3 } }, hasten: 30 });
  expect(options?.targets.im).toEqual({ records: 20 });
});

test.each([
  [['--autoscale', 'cm=2'], /--autoscale cm=2: allowed is role=least\.\.most/],
  [['--autoscale', 'cm=3..2'], /--autoscale cm=3\.\.2: allowed is/],
  [['--autoscale', 'cm=1..99'], /allowed is role=least\.\.most with a role of .* 1 to 16/],
  [['--autoscale', '--target', 'im.speed=3'], /--target im\.speed=3: allowed .* im\.records/],
  [['--autoscale', '--target', 'im.records=0'], /--target im\.records=0: allowed/],
  [['--autoscale', '--hasten', '0'], /--hasten 0: allowed is a number from 1 to 1000/],
  [['--hasten', '5'], /--target and --hasten are for --autoscale/],
])('%j is refused', (args, line) => {
  expect(() => parseUpArgs(args)).toThrow(line);
});
