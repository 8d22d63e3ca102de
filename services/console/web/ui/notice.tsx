import type { ReactNode } from 'react';
import type { CallError, ErrorCode } from '../api/errors.ts';
import { useWords } from '../i18n/i18n.tsx';
import { reasonText } from '../i18n/reason-text.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

export function Notice({ tone, children }: { tone: 'good' | 'warn' | 'bad' | 'idle'; children: ReactNode }) {
  const icon: IconName = tone === 'good' ? 'check' : tone === 'idle' ? 'bell' : 'warn';
  return (
    <div className={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div className="notice-text">{children}</div>
    </div>
  );
}

/** Codes that say too little by themselves. */
const saysMore: ReadonlySet<ErrorCode> = new Set(['bad_request', 'conflict', 'unavailable']);

/** What failed, by its code and reason, in the reader's language; which role is away; when to try again. */
export function ErrorNote({ error, onRetry }: { error: CallError; onRetry?: (() => void) | undefined }) {
  const { t, f } = useWords();
  const { role, field, retryAfterS } = error.fault;
  const reason = saysMore.has(error.code) ? reasonText(error.fault, t) : undefined;
  return (
    <Notice tone={error.code === 'unavailable' ? 'warn' : 'bad'}>
      <p>{role === undefined ? t.errors[error.code] : t.errors.role(role)}</p>
      {(field !== undefined || reason !== undefined) && (
        <p className="small break">
          {field !== undefined && reason !== undefined ? t.errors.field(field, reason) : (reason ?? field)}
        </p>
      )}
      {retryAfterS !== undefined && <p className="small">{t.errors.retryIn(f.duration(retryAfterS * 1_000))}</p>}
      {onRetry && (
        <div className="notice-action">
          <Button onPress={onRetry}>{t.errors.tryAgain}</Button>
        </div>
      )}
    </Notice>
  );
}

/** Where there is nothing to show, and what to do about it. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  icon: IconName;
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="empty-title">{title}</p>
      {text && <p className="muted small">{text}</p>}
      {children}
    </div>
  );
}
