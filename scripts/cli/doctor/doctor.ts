import type { CommandSpec } from '../command-spec.ts';
import { CliError } from '../faults.ts';
import type { Session } from '../session.ts';
import type { Target } from '../target/target.ts';
import { checks } from './checks.ts';
import { countOf, examine, reportText } from './report.ts';

export const doctor: CommandSpec = {
  usage: 'doctor',
  describe: 'checks this machine and a deployment: what is wrong, what it means, and how to mend it',
  options: {
    env: {
      value: 'ROLE=FILE,FILE',
      many: true,
      describe: 'the environment files that a role is started with; later ones win',
    },
    all: { describe: 'shows what is fine as well' },
  },
  epilog:
    'It looks from this machine: at the roles of `up` or at the addresses that are given, at the stores of LONGWIRE_REDIS_URL, LONGWIRE_BUS_REDIS_URL, LONGWIRE_MYSQL_URL and LONGWIRE_BUS_KAFKA_BROKERS or of a profile, and at configurations of processes here or of --env. It changes nothing. Exit code 4: something is wrong or weak.',
  async run(given, session) {
    // The clients of all stores: loaded where they are wanted, as other commands are to begin at once.
    const { configsOfFiles } = await import('./edges/role-configs.ts');
    const { gather } = await import('./gather.ts');
    const files = configsOfFiles(given.many('env'));
    const { target, why } = targetOf(session);
    const readings = await gather(target, files, why);
    const results = examine(checks, readings);
    const counts = countOf(results);
    return {
      document: { of: target?.from ?? 'this machine', counts, results },
      text: reportText(results, given.flag('all'), session.style, session.stdout.columns),
      exit: counts.wrong + counts.weak > 0 ? 'findings' : 'done',
    };
  },
};

/** Without a Longwire the machine can be looked at all the same. */
function targetOf(session: Session): { target: Target | undefined; why: string } {
  try {
    return { target: session.target(true), why: '' };
  } catch (error) {
    if (!(error instanceof CliError) || error.exit !== 'notReached') throw error;
    session.say(`longwire: ${error.message}; looking at this machine alone`);
    return { target: undefined, why: 'no Longwire is known here' };
  }
}
