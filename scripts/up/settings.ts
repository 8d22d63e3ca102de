import { envNameOf } from '../../services/common/config.ts';
import type { Role } from './args.ts';
import { UpError } from './say.ts';

/** Configuration of roles beside what `up` sets itself: names and values of their environment. */
export type Settings = Record<Role | 'console', Record<string, string>>;

/**
 * Reads `key=value`, for every role that has such a key, and `role.key=value`, for one.
 *
 * @param keys the keys that each role has.
 * @throws UpError, one line that names what is allowed. Whether a value fits is for the role to say.
 */
export function settingsOf(texts: string[], keys: Record<Role | 'console', string[]>): Settings {
  const settings: Settings = { 'user-redis': {}, 'user-mysql': {}, im: {}, cm: {}, console: {} };
  const all = Object.keys(settings) as (keyof Settings)[];
  for (const text of texts) {
    const [, role, key, value] = /^(?:([a-z-]+)\.)?([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
    const having = all.filter((one) => (role === undefined || role === one) && key && keys[one].includes(key));
    if (key === undefined || value === undefined || having.length === 0) {
      throw new UpError(
        `--set ${text.slice(0, 60)}: allowed is key=value or role.key=value, with a role of ${all.join(', ')} and a key that it has (docs/configuration.md)`,
      );
    }
    for (const one of having) settings[one][envNameOf(key)] = value;
  }
  return settings;
}
