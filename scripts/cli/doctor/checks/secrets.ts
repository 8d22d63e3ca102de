import { keyIdOf } from '../../../../services/user-mysql/core/sealed.ts';
import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { RoleConfig } from '../readings.ts';

const rotation =
  'Give all roles the same list and restart them: `old,new` everywhere, then `new,old`, then `new` (operations.md, secrets).';

/** Internal secrets, as roles take or refuse them now. */
export const internalSecrets: Check = {
  name: 'internal-secrets',
  run({ secrets }) {
    if (secrets.length === 0)
      return [notChecked('internal secrets', 'no secret is known, or no role that takes calls')];
    return secrets.map(({ by, to, answer }): Finding => {
      const of = `${by} → ${to}`;
      if (!answer.ok) return notChecked(of, answer.why);
      if (answer.value === 'taken') return fine(of, 'its secret is taken');
      const means = `${to} has another internal secret: every call that ${by} makes to it fails.`;
      return fault('wrong', of, 'its internal secret is refused', means, rotation);
    });
  },
};

/** Keys that roles must share, and what breaks where they don't. */
const shared = [
  {
    ...{ key: 'internalSecrets', roles: ['cm', 'im', 'user-redis', 'user-mysql', 'console'] },
    means: 'the calls of the one are refused by the other',
  },
  { key: 'identityKeys', roles: ['cm', 'im'], means: 'cids and device tokens of the one are invalid for the other' },
  { key: 'tokenKeys', roles: ['im'], means: 'tokens that the one gives upstreams are refused by the other' },
] as const;

/** The same by configuration: the first of a list signs or is sent, any is accepted. */
export const sharedSecrets: Check = {
  name: 'shared-secrets',
  run({ configs, noConfigs }) {
    if (configs.length === 0) return [notChecked('secrets of roles', noConfigs)];
    return shared.map(({ key, roles, means }): Finding => {
      const having = configs.filter(
        ({ role, values }) => (roles as readonly string[]).includes(role) && listOf(values[key]).length > 0,
      );
      if (having.length < 2)
        return notChecked(key, `known of ${having.length} of the instances that share it: there is nothing to compare`);
      const broken = firstBroken(key, having);
      if (!broken) return fine(key, `fits in ${having.length} configurations`);
      const [by, at] = broken;
      return fault(
        'wrong',
        key,
        `the first of ${by.role} (${by.from}) is not among those of ${at.role} (${at.from})`,
        `${means}.`,
        rotation,
      );
    });
  },
};

/** Keys of vendors' channels: an instance without one is at fault too, where another has some. */
export const channelKeys: Check = {
  name: 'channel-keys',
  run({ configs, noConfigs }) {
    const of = 'channelSecretsKeys';
    if (configs.length === 0) return [notChecked(of, noConfigs)];
    const known = configs.filter(({ role, values }) => role === 'user-mysql' && Array.isArray(values[of]));
    if (known.length < 2)
      return [notChecked(of, `known of ${known.length} instances of user-mysql: there is nothing to compare`)];
    const sealing = known.filter(({ values }) => listOf(values[of]).length > 0);
    if (sealing.length === 0) return [fine(of, 'none in all: no app has credentials of a vendor’s channel')];
    const broken = firstBroken(of, sealing, known);
    if (!broken) return [fine(of, `fits in ${known.length} configurations`)];
    const [by, at] = broken;
    const [first, others] = [listOf(by.values[of]), listOf(at.values[of])].map((keys) => keys.map(keyIdOf));
    const has = others!.length === 0 ? 'has none' : `has ${others!.join(', ')}`;
    return [
      fault(
        'wrong',
        of,
        `${by.role} (${by.from}) encrypts with the key ${first![0]}, and ${at.role} (${at.from}) ${has} (fingerprints)`,
        'the one can’t decrypt credentials of vendors’ channels that the other keeps: im sends by these channels or not, as it asks the one or the other.',
        'Give all instances of user-mysql the same list and restart them; a key is changed by `old,new` everywhere, then `new,old`, and `new` two hours later (operations.md, secrets).',
      ),
    ];
  },
};

/** One whose first key is not among those of another. */
function firstBroken(
  key: string,
  configs: RoleConfig[],
  others: RoleConfig[] = configs,
): [RoleConfig, RoleConfig] | undefined {
  for (const by of configs) {
    const at = others.find(({ values }) => !listOf(values[key]).includes(listOf(by.values[key])[0]!));
    if (at) return [by, at];
  }
  return undefined;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
