import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';

export const reachability: Check = {
  name: 'arrows',
  run({ arrows }) {
    if (arrows.length === 0) return [notChecked('arrows', 'no address is known')];
    return arrows.map(({ from, to, place, answer }): Finding => {
      const of = `${from} → ${to}`;
      if (answer.ok) return fine(of, `${place} is reached from here`);
      return fault(
        'wrong',
        of,
        `${place} is not reached from here (${answer.why})`,
        `What ${from} asks of ${to} fails, if it finds the same (networking.md, "Every arrow").`,
        `Look whether ${to} listens there, then at firewalls and network policies between the two, then at the address in the configuration.`,
      );
    });
  },
};

export const instancesReady: Check = {
  name: 'instances',
  run({ instances, noInstances }) {
    if (instances.length === 0) return [notChecked('instances', noInstances)];
    return instances.map(({ instance, state, faults }) => {
      const of = `${instance.role} ${instance.instance}`;
      if (state === 'ready') return fine(of, 'ready');
      const why = Object.entries(faults).map(([part, text]) => `${part}: ${text}`);
      const means =
        state === 'no answer'
          ? 'It is away, or its ops port isn’t reached from here.'
          : 'It gets no new work until that is over; what it says is wrong is its own view of what it needs.';
      const mend = `Look at ${instance.ops}/health/ready and at its log; then at what it names (stores, bus, other roles).`;
      return fault('wrong', of, `${state}${why.length > 0 ? ` (${why.join('; ')})` : ''}`, means, mend);
    });
  },
};
