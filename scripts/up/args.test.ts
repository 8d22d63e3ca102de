import { expect, test } from 'vitest';
import { parseUpArgs } from './args.ts';

test('without flags: one of each role, the demo, port 8080, the bus of the data folder', () => {
  expect(parseUpArgs([])).toEqual({
    dataDir: `${process.cwd()}/.longwire`,
    basePort: 8080,
    bus: undefined,
    scale: { 'user-redis': 1, 'user-mysql': 1, im: 1, cm: 1 },
    autoscale: undefined,
    demo: true,
    console: true,
    settings: [],
  });
});

test('every flag is understood', () => {
  const args = [
    '--scale',
    'cm=2,im=3',
    '--bus=kafka',
    '--data',
    '/tmp/x',
    '--port',
    '9000',
    '--no-demo',
    '--no-console',
  ];
  args.push('--set', 'traceRatio=1', '--set', 'cm.drainMs=0');
  args.push('--remote-write', 'http://127.0.0.1:9090/api/v1/write');
  expect(parseUpArgs(args)).toEqual({
    dataDir: '/tmp/x',
    basePort: 9000,
    bus: 'kafka',
    scale: { 'user-redis': 1, 'user-mysql': 1, im: 3, cm: 2 },
    autoscale: undefined,
    demo: false,
    console: false,
    settings: ['traceRatio=1', 'cm.drainMs=0'],
    remoteWrite: 'http://127.0.0.1:9090/api/v1/write',
  });
});

test.each([
  [['--sacle', 'cm=2'], /--sacle.*allowed are --scale/],
  [['up'], /up.*allowed are --scale/],
  [['--scale', 'cm=0'], /--scale cm=0: allowed is role=number/],
  [['--scale', 'cm=1.5'], /--scale cm=1.5: allowed is role=number/],
  [['--scale', 'web=2'], /--scale web=2: .*user-redis, user-mysql, im, cm/],
  [['--bus', 'rabbit'], /--bus rabbit: allowed are redis and kafka/],
  [['--port', '70000'], /--port 70000: allowed is a number/],
  [['--remote-write', '127.0.0.1:9090'], /--remote-write 127.0.0.1:9090: allowed is a URL/],
  [['--port', '0x50'], /--port 0x50: allowed is a number/],
])('%j is refused with one line that names what is allowed', (args, line) => {
  expect(() => parseUpArgs(args)).toThrow(line);
  try {
    parseUpArgs(args);
  } catch (error) {
    expect((error as Error).message).not.toContain('\n');
  }
});

test('--help asks for the help text alone', () => {
  expect(parseUpArgs(['--help', '--port', '1'])).toBe('help');
});
