import type { Kubectl } from './kubectl.ts';

/** What there is to read of a component when it doesn't become ready: its pods, their last lines, the namespace's warnings. */
export function tailOf(kubectl: Kubectl, namespace: string, component: string): string {
  const selected = ['-l', `app.kubernetes.io/component=${component}`];
  const about = ['get', 'pods', ...selected, '-o', 'wide'];
  const said = ['logs', ...selected, '--tail=15', '--prefix'];
  const events = ['get', 'events', '--field-selector', 'type=Warning', '--sort-by', '.lastTimestamp'];
  return [about, said, events]
    .map((args) => {
      try {
        return kubectl
          .runSync(['-n', namespace, ...args])
          .split('\n')
          .slice(-30)
          .join('\n');
      } catch (error) {
        return (error as Error).message;
      }
    })
    .join('\n');
}
