import { readFile, stat } from 'node:fs/promises';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { instanceRoles } from '../../calls/overview.ts';
import type { Target } from '../../core/readings/target.ts';

/** A file that whoever starts instances writes anew as they come and go: where each is, and nothing secret. */
export const InstancesFile = Type.Object({
  instances: Type.Array(
    Type.Object({
      role: Type.Enum([...instanceRoles]),
      name: Type.String({ minLength: 1, maxLength: 64 }),
      /** Of its ops port. */
      url: Type.String({ pattern: '^http://[^/\\s]+$', maxLength: 300 }),
    }),
    { maxItems: 1_000 },
  ),
});

const maxFileBytes = 262_144;
const checked = Compile(InstancesFile);

/** Reads the file whenever it has changed. One that is faulty, or away, leaves what was read before. */
export class InstancesFileReader {
  readonly #path: string;
  #read = '';
  #targets: Target[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error that says what is wrong, once a version of the file. */
  async refresh(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(this.#path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === this.#read) return;
    this.#read = version;
    if (size > maxFileBytes) throw new Error(`${this.#path} has more than ${maxFileBytes} bytes`);
    const parsed: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
    if (!checked.Check(parsed)) {
      const [first] = checked.Errors(parsed);
      throw new Error(`${this.#path}: ${first?.instancePath ?? ''} ${first?.message ?? 'is not of the shape'}`);
    }
    this.#targets = parsed.instances;
  }

  targets(): Target[] {
    return this.#targets;
  }
}
