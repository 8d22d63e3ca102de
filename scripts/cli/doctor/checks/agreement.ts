import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { Readings, RoleConfig } from '../readings.ts';

const partitionsMean =
  'The same device belongs to different partitions of the route topic in different roles: its messages would be sent from views that are not whole, so a role that sees it ends at its start (78).';
const partitionsMend =
  'Set routePartitions to the same number in im and user-redis; to change it for good, raise routeGeneration by one in all roles at the same time.';

export const partitions: Check = {
  name: 'partitions',
  run(readings) {
    const said = [...ofConfigs(readings.configs, 'routePartitions'), ...ofLayout(readings), ...ofTopics(readings)];
    if (said.length < 2) {
      const why = readings.layout.ok ? readings.noConfigs : readings.layout.why;
      return [
        notChecked(
          'routePartitions',
          `known from ${said.length} of the places that must agree: nothing to compare (${why})`,
        ),
      ];
    }
    return [same('routePartitions', said, partitionsMean, partitionsMend), ...generations(readings)];
  },
};

/** What else all roles of a line must agree on. */
const others = [
  ['bus', 'what the one publishes, the other never reads.'],
  ['topicPrefix', 'they are of two product lines: what the one publishes, the other never reads.'],
] as const;

export const agreement: Check = {
  name: 'agreement',
  run({ configs, noConfigs }) {
    if (configs.length < 2)
      return [notChecked('configurations', configs.length === 0 ? noConfigs : 'only one is known')];
    return others.map(([key, means]) => {
      const said = ofConfigs(configs, key);
      if (said.length < 2)
        return notChecked(key, `known from ${said.length} of the places that must agree: nothing to compare`);
      return same(key, said, means, `Set ${key} to the same value in all roles.`);
    });
  },
};

export const configuration: Check = {
  name: 'configuration',
  run({ configs, noConfigs }) {
    if (configs.length === 0) return [notChecked('configurations', noConfigs)];
    return configs.map(({ role, from, faults }): Finding => {
      const of = `${role} (${from})`;
      if (faults.length === 0) return fine(of, 'every value fits');
      const means = 'The role ends at its start with exit code 78.';
      return fault(
        'wrong',
        of,
        faults.slice(0, 5).join('; '),
        means,
        'Correct these keys (configuration.md), then start it again.',
      );
    });
  },
};

interface Said {
  by: string;
  value: unknown;
}

function ofConfigs(configs: RoleConfig[], key: string): Said[] {
  return configs
    .filter(({ values, centre }) => values[key] !== undefined && !centre)
    .map(({ role, from, values }) => ({ by: `${role} (${from})`, value: values[key] }));
}

function ofLayout({ layout }: Readings): Said[] {
  return layout.ok ? [{ by: 'the running user-redis', value: layout.value.routePartitions }] : [];
}

function ofTopics({ kafka, layout }: Readings): Said[] {
  if (!kafka.ok || !layout.ok) return [];
  const suffix = `.route.${layout.value.routeGeneration}`;
  const topic = kafka.value.topics.find((one) => one.topic.endsWith(suffix));
  return topic ? [{ by: `topic ${topic.topic}`, value: topic.partitions }] : [];
}

function generations({ configs, layout }: Readings): Finding[] {
  const said = ofConfigs(configs, 'routeGeneration');
  if (layout.ok) said.push({ by: 'the running user-redis', value: layout.value.routeGeneration });
  if (said.length < 2) return [];
  const means =
    'Roles of two generations read and write different topics: what the one accepts, the other never delivers.';
  return [
    same(
      'routeGeneration',
      said,
      means,
      'Set routeGeneration to the highest of them in all roles; it never goes down.',
    ),
  ];
}

function same(of: string, said: Said[], means: string, mend: string): Finding {
  const [first, ...rest] = said;
  const other = rest.find(({ value }) => value !== first!.value);
  if (!other) return fine(of, `${String(first!.value)} in ${said.length} places`);
  return fault(
    'wrong',
    of,
    `is ${String(first!.value)} in ${first!.by} and ${String(other.value)} in ${other.by}`,
    means,
    mend,
  );
}
