import type { TaskItem } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Status, type Tone } from '../../ui/status.tsx';

const tones: Record<TaskItem['state'], Tone> = {
  scheduled: 'warn',
  running: 'busy',
  done: 'good',
  stopped: 'idle',
  unknown: 'idle',
};

export function TaskStatus({ state }: { state: TaskItem['state'] }) {
  const { t } = useWords();
  return <Status tone={tones[state]} text={t.tasks[state]} />;
}
