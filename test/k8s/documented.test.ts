import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { blockOf, blocksToRun, forLine } from '../rigs/kubernetes/documented.ts';

describe('commands of docs/operations.md that a cluster tries', () => {
  test.each(blocksToRun())('%s is a block that a shell can read, for either line', (name) => {
    for (const line of ['push', 'iot']) {
      const block = forLine(line, blockOf('run', name));
      expect(block).toMatch(/^\S/);
      execFileSync('bash', ['-n', '-c', block], { stdio: 'pipe' });
      if (line === 'iot') expect(block).not.toMatch(/longwire-push|overlays\/push/);
    }
  });

  test('a block below a list is taken without its indentation, one that is not there is refused', () => {
    const text =
      '1. x\n\n   <!-- run: a -->\n   ```sh\n   one\n     two\n   ```\n\n<!-- run: b -->\n```sh\nthree\n```\n';
    expect(blocksToRun(text)).toEqual(['a', 'b']);
    expect([blockOf('run', 'a', text), blockOf('run', 'b', text)]).toEqual(['one\n  two\n', 'three\n']);
    expect(() => blockOf('run', 'c', text)).toThrow('no block "run: c"');
  });

  test('the volumes of stores in the cluster are one for each claim', () => {
    const volumes = parseAllDocuments(blockOf('file', 'volumes.yaml')).map((document) => document.toJS());
    const claims = volumes.map(({ spec }) => spec.claimRef.name);
    expect(claims).toEqual(['data-redis-0', 'data-mysql-0', 'data-kafka-0']);
  });
});
