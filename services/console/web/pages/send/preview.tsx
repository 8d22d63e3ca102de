import { Mark } from '../../app/mark.tsx';
import { useWords } from '../../i18n/i18n.tsx';
import { Phone } from '../../ui/phone.tsx';
import type { Draft } from './draft.ts';

/** The message as a phone has it, while it is typed. */
export function Preview({ draft, app }: { draft: Draft; app: string }) {
  const { t } = useWords();
  const s = t.send;
  return (
    <Phone label={s.preview}>
      {draft.kind === 'notification' ? (
        <div className="push">
          <div className="push-head">
            <Mark size={16} />
            <span className="clip">{app}</span>
            <span className="push-time">{s.previewTime}</span>
          </div>
          <p className={draft.title === '' ? 'push-title push-blank' : 'push-title'}>
            {draft.title === '' ? s.previewEmptyTitle : draft.title}
          </p>
          <p className={draft.body === '' ? 'push-text push-blank' : 'push-text'}>
            {draft.body === '' ? s.previewEmptyText : draft.body}
          </p>
        </div>
      ) : (
        <div className="push">
          <p className="push-head">{s.previewTransmission}</p>
          <p className="push-text mono">{draft.transmission === '' ? '…' : draft.transmission}</p>
        </div>
      )}
    </Phone>
  );
}
