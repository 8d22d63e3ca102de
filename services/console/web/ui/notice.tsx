import type { ReactNode } from 'react';
import type { CallError } from '../api/errors.ts';
import { useWords } from '../i18n/i18n.tsx';
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

/** What failed, by its code, in the reader's language; which role is away; when to try again. */
export function ErrorNote({ error, onRetry }: { error: CallError; onRetry?: (() => void) | undefined }) {
  const { t, f } = useWords();
  const { role, field, allowed, retryAfterS, message } = error.fault;
  return (
    <Notice tone={error.code === 'unavailable' ? 'warn' : 'bad'}>
      <p>{role === undefined ? t.errors[error.code] : t.errors.role(role)}</p>
      {field !== undefined && (
        <p className="small break">{allowed === undefined ? field : t.errors.field(field, allowed)}</p>
      )}
      {retryAfterS !== undefined && <p className="small">{t.errors.retryIn(f.duration(retryAfterS * 1_000))}</p>}
      {(error.code === 'bad_request' || error.code === 'conflict') && message && (
        <p className="small muted break" lang="en">
          {message}
        </p>
      )}
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
