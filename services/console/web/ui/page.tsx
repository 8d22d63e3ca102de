import { type ReactNode, useEffect } from 'react';
import { useWords } from '../i18n/i18n.tsx';

/** A page's head and its content; its title is the tab's too. */
export function PageFrame({
  title,
  lead,
  actions,
  back,
  children,
}: {
  title: string;
  lead?: string;
  actions?: ReactNode;
  back?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useWords();
  useEffect(() => {
    document.title = `${title} · ${t.common.product}`;
  }, [title, t]);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-title">
          {back}
          <h1 className="break">{title}</h1>
          {lead && <p className="muted">{lead}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Card({
  title,
  actions,
  children,
  flush,
}: {
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className={flush ? 'card card-flush' : 'card'} {...(title === undefined ? {} : { 'aria-label': title })}>
      {(title !== undefined || actions) && (
        <header className="card-head">
          {title !== undefined && <h2>{title}</h2>}
          {actions && <div className="row">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

const lineNames = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Grey lines where content is about to be. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useWords();
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{t.common.loading}</span>
      {lineNames.slice(0, lines).map((line) => (
        <span className="skeleton-line" key={line} aria-hidden="true" />
      ))}
    </div>
  );
}
