import { describe, expect, test } from 'vitest';
import { underLoad } from '../load.ts';
import { type Documented, load, rolePods } from './documented-system.ts';

/** The commands of "Upgrade" and "Roll back". The next version is the same programs under another tag. */
export function describeVersions(documented: () => Documented): void {
  describe('versions', () => {
    test('a roll-out to the next version and the roll-back, under load: what is accepted arrives once and in order', async () => {
      const { operator, line } = documented();
      const versions = async (): Promise<Set<string>> =>
        new Set((await rolePods(documented())).map(({ image }) => image.split(':')[1]!));
      const seen: string[] = [];
      const accepted = await underLoad(line, load, async ({ accepted: sofar, more }) => {
        expect(await versions()).toEqual(new Set(['0.1.0']));
        for (const [block, version] of [
          ['upgrade', '0.1.1'],
          ['roll-back', '0.1.0'],
        ] as const) {
          const before = sofar();
          await operator.run(block);
          expect(await versions()).toEqual(new Set([version]));
          seen.push(`${sofar() - before} accepted during ${block}`);
          await more(load.devices);
        }
      });
      process.stdout.write(`versions: ${accepted} pushes accepted and delivered; ${seen.join(', ')}\n`);
    });
  });
}
