import { useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { RecallAnswer, StopAnswer, TaskView } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Status } from '../../ui/status.tsx';

/** Stopping and recalling, each after a question. */
export function TaskActions({ app, task }: { app: string; task: TaskView }) {
  const { t } = useWords();
  const path = pathOf('apps', app, 'tasks', task.taskId);
  const touches = [pathOf('apps', app, 'tasks')];
  const stop = useChange<undefined, StopAnswer>('POST', `${path}/stop`, touches);
  const recall = useChange<undefined, RecallAnswer>('POST', `${path}/recall`, touches);
  const [asking, setAsking] = useState<'stop' | 'recall'>();
  const [done, setDone] = useState<string>();
  const run = async (): Promise<void> => {
    try {
      if (asking === 'stop') await stop.run(undefined);
      else await recall.run(undefined);
      setDone(asking === 'stop' ? t.tasks.stopped_ : t.tasks.recalled);
      setAsking(undefined);
    } catch {
      // Shown from the change's error.
    }
  };
  return (
    <>
      {done && (
        <span role="status">
          <Status tone="good" text={done} />
        </span>
      )}
      {task.canRecall && <Button onPress={() => setAsking('recall')}>{t.tasks.recall}</Button>}
      {task.canStop && (
        <Button look="danger" onPress={() => setAsking('stop')}>
          {t.tasks.stop}
        </Button>
      )}
      <ConfirmDialog
        open={asking !== undefined}
        title={asking === 'recall' ? t.tasks.recall : t.tasks.stop}
        text={asking === 'recall' ? t.tasks.recallText : t.tasks.stopText}
        action={asking === 'recall' ? t.tasks.recall : t.tasks.stop}
        danger
        busy={stop.busy || recall.busy}
        error={asking === 'recall' ? recall.error : stop.error}
        onConfirm={() => void run()}
        onClose={() => setAsking(undefined)}
      />
    </>
  );
}
