import { useState } from 'react';
import { useWords } from '../../i18n/i18n.tsx';
import { reasonText } from '../../i18n/reason-text.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import type { DraftForm } from './use-draft.ts';
import type { Checked } from './use-push-check.ts';

/** How many devices it would go to. */
export function Estimate({ checked, complete }: { checked: Checked; complete: boolean }) {
  const { t, f } = useWords();
  const s = t.send;
  const { answer, error } = checked;
  const known = answer?.estimate ?? undefined;
  const counting = complete && answer === undefined && error === undefined;
  return (
    <p className="estimate" role="status">
      <span className="muted small">{s.estimate}</span>{' '}
      <strong className="numbers">
        {known !== undefined ? f.number(known) : counting ? s.estimating : complete ? s.noEstimate : '—'}
      </strong>
    </p>
  );
}

/** What would come of it, and the same push as a line for a shell. */
export function DryRun({ form, checked }: { form: DraftForm; checked: Checked }) {
  const { t, f } = useWords();
  const s = t.send;
  const [asked, setAsked] = useState(false);
  const { answer, error } = checked;
  return (
    <Card
      title={s.check}
      actions={
        <Button
          icon="check"
          onPress={() => {
            form.showAll();
            setAsked(true);
          }}
        >
          {s.checkNow}
        </Button>
      }
    >
      {asked && form.faults.size > 0 && <Notice tone="bad">{s.faultsLeft(f.number(form.faults.size))}</Notice>}
      {asked && answer?.faults.length === 0 && <Notice tone="good">{s.checkGood}</Notice>}
      {answer !== undefined && answer.faults.length > 0 && (
        <Notice tone="bad">
          <p>{s.checkBad}</p>
          <ul>
            {answer.faults.map((fault) => (
              <li key={fault.field} className="break">
                {t.errors.field(fault.field, reasonText(fault, t) ?? t.faults.invalid)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {error && <ErrorNote error={error} />}
      {answer?.curl ? (
        <div className="stack-tight">
          <h3>{s.curl}</h3>
          <CopyText block label={s.curl} text={answer.curl} />
        </div>
      ) : (
        <p className="muted small">{s.curlLater}</p>
      )}
    </Card>
  );
}
