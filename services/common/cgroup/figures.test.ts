import { expect, test } from 'vitest';
import { cgroupFigures, cgroupFolders } from './figures.ts';

test('figures of version 2', () => {
  const files = {
    'cpu.stat': 'usage_usec 2500000\nuser_usec 1\nnr_periods 10\nnr_throttled 3\nthrottled_usec 500000\n',
    'memory.current': '1000\n',
    'memory.max': '2000\n',
    'memory.events': 'low 0\noom 1\noom_kill 1\n',
  };
  expect(cgroupFigures(files)).toEqual({
    ...{ cpuSeconds: 2.5, periods: 10, throttledPeriods: 3, throttledSeconds: 0.5 },
    ...{ memoryBytes: 1_000, memoryLimitBytes: 2_000, oomKills: 1 },
  });
});

test('figures of version 1', () => {
  const files = {
    'cpu.stat': 'nr_periods 10\nnr_throttled 3\nthrottled_time 500000000\n',
    'cpuacct.usage': '2500000000\n',
    'memory.usage_in_bytes': '1000\n',
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  };
  expect(cgroupFigures(files)).toEqual({
    ...{ cpuSeconds: 2.5, periods: 10, throttledPeriods: 3, throttledSeconds: 0.5, memoryBytes: 1_000, oomKills: 2 },
  });
});

test('what is not there, or not a number, is left out', () => {
  expect(cgroupFigures({})).toEqual({});
  expect(cgroupFigures({ 'memory.max': 'max\n', 'cpu.stat': 'usage_usec x\n', 'memory.current': '' })).toEqual({});
});

test.each([
  ['version 2, on a host', '0::/system.slice/longwire.service\n', ['/system.slice/longwire.service', '']],
  ['version 2, in a container of its own', '0::/\n', ['']],
  ['version 2, seen from another container of the pod', '0::/../cri-1.scope\n', ['']],
  [
    'version 1',
    '4:memory:/a\n3:cpu,cpuacct:/a\n2:pids:/a\n',
    ['/memory/a', '/memory', '/cpu,cpuacct/a', '/cpu,cpuacct'],
  ],
  ['none', '', []],
])('folders of a cgroup of %s', (_what, text, folders) => {
  expect(cgroupFolders(text)).toEqual(folders);
});
