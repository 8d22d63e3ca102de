import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What curl gets when a shell with these variables runs this command line: its arguments, none of which may span lines. */
export function curlArguments(command: string, variables: Record<string, string> = {}): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-curl-'));
  try {
    // In place of curl, which a machine need not have to run the tests.
    writeFileSync(join(dir, 'curl'), `#!/bin/sh\nprintf '%s\\n' "$@" > ${dir}/args\n`);
    chmodSync(join(dir, 'curl'), 0o755);
    execFileSync('sh', ['-c', command], {
      env: { ...variables, PATH: `${dir}:${process.env['PATH']}` },
      timeout: 10_000,
    });
    return readFileSync(join(dir, 'args'), 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Does what that curl would do. */
export async function runCurl(command: string, variables: Record<string, string> = {}): Promise<Response> {
  const args = curlArguments(command, variables);
  const valuesOf = (flag: string): string[] => args.filter((_, index) => args[index - 1] === flag);
  const url = args.find((arg) => arg.startsWith('http'));
  const headers = valuesOf('-H').map((line) => line.split(': ', 2) as [string, string]);
  const [body] = valuesOf('-d');
  return fetch(url ?? '', {
    method: valuesOf('-X')[0] ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(10_000),
  });
}
