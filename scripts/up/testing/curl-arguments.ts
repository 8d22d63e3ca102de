import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What curl gets when a shell runs this command line: its arguments, none of which may span lines. */
export function curlArguments(command: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-curl-'));
  try {
    // In place of curl, which a machine need not have to run the tests.
    writeFileSync(join(dir, 'curl'), `#!/bin/sh\nprintf '%s\\n' "$@" > ${dir}/args\n`);
    chmodSync(join(dir, 'curl'), 0o755);
    execFileSync('sh', ['-c', command], { env: { PATH: `${dir}:${process.env['PATH']}` }, timeout: 10_000 });
    return readFileSync(join(dir, 'args'), 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Does what that curl would do. */
export async function runCurl(command: string): Promise<Response> {
  const args = curlArguments(command);
  const valuesOf = (flag: string): string[] => args.filter((_, index) => args[index - 1] === flag);
  const url = args.find((arg) => arg.startsWith('http'));
  const headers = valuesOf('-H').map((line) => line.split(': ', 2) as [string, string]);
  return fetch(url ?? '', {
    method: 'POST',
    headers,
    body: valuesOf('-d')[0] ?? '',
    signal: AbortSignal.timeout(10_000),
  });
}
