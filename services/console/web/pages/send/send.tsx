import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'wouter';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { useRight } from '../../api/session.tsx';
import type { PushAnswer, PushOrder } from '../../api/types.ts';
import { useAppName } from '../../app/apps.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card, PageFrame } from '../../ui/page.tsx';
import { AudiencePart } from './audience-part.tsx';
import { DryRun, Estimate } from './dry-run.tsx';
import { MessagePart } from './message-part.tsx';
import { Preview } from './preview.tsx';
import { Sent } from './sent.tsx';
import { SettingsPart } from './settings-part.tsx';
import { useDraft } from './use-draft.ts';
import { usePushCheck } from './use-push-check.ts';

export function SendPage({ app }: { app: string }) {
  const { t, f } = useWords();
  const s = t.send;
  const name = useAppName(app);
  const maySend = useRight('sender', app);
  const [params] = useSearchParams();
  const form = useDraft({ cids: params.get('cid') ?? '' });
  const checked = usePushCheck(app, maySend && form.faults.size === 0 ? form.order : undefined);
  const push = useChange<PushOrder, PushAnswer>('POST', `${pathOf('apps', app)}/pushes`, [
    `${pathOf('apps', app)}/tasks`,
  ]);
  const [confirming, setConfirming] = useState(false);
  const [tried, setTried] = useState(false);
  const [taskId, setTaskId] = useState<string>();

  const send = async (): Promise<void> => {
    try {
      setTaskId((await push.run(form.order)).taskId);
      setConfirming(false);
      setTried(false);
      form.renew();
    } catch {
      // Shown from the change's error.
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    form.showAll();
    setTried(true);
    if (push.busy || form.faults.size > 0) return;
    if (form.draft.audience === 'all') setConfirming(true);
    else void send();
  };
  if (taskId !== undefined) return <Sent app={app} task={taskId} onAnother={() => setTaskId(undefined)} />;
  return (
    <PageFrame title={s.title} lead={name}>
      {!maySend && <Notice tone="idle">{s.noRight}</Notice>}
      <div className="send">
        <form className="stack" onSubmit={submit} aria-label={s.title}>
          <MessagePart form={form} />
          <AudiencePart form={form} />
          <SettingsPart form={form} />
          {push.error && !confirming && <ErrorNote error={push.error} />}
          {tried && form.faults.size > 0 && <Notice tone="bad">{s.faultsLeft(f.number(form.faults.size))}</Notice>}
          <div className="send-actions">
            <Estimate checked={checked} complete={form.faults.size === 0} />
            <Button look="main" type="submit" icon="send" busy={push.busy} disabled={!maySend}>
              {form.draft.when === 'later' ? s.submitLater : s.submit}
            </Button>
          </div>
        </form>
        <div className="send-side">
          <Card title={s.preview}>
            <Preview draft={form.draft} app={name} />
          </Card>
          <DryRun form={form} checked={checked} />
        </div>
      </div>
      <ConfirmDialog
        open={confirming}
        title={s.confirmTitle}
        text={s.confirmText(name)}
        action={s.confirm}
        busy={push.busy}
        error={push.error}
        onConfirm={() => void send()}
        onClose={() => setConfirming(false)}
      >
        <Estimate checked={checked} complete />
      </ConfirmDialog>
    </PageFrame>
  );
}
