import type { Push } from '../../../../../sdk/src/index.ts';
import { Mark } from '../../app/mark.tsx';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { Ago } from '../../ui/values.tsx';
import type { PhoneMessage } from './phone.ts';

/** What a phone has received, latest first. */
export function MessageList({
  app,
  messages,
  onOpen,
}: {
  app: string;
  messages: readonly PhoneMessage[];
  onOpen: (push: Push) => void;
}) {
  const { t } = useWords();
  if (messages.length === 0) return <p className="phone-nothing">{t.virtual.nothing}</p>;
  return (
    <ul className="pushes" aria-label={t.virtual.inbox} aria-live="polite">
      {messages.map(({ push, opened, recalled }) => (
        <li className={recalled ? 'push push-recalled' : 'push'} key={push.id}>
          <div className="push-head">
            <Mark size={16} />
            <span className="clip">{push.notification ? app : `${app} · ${t.virtual.transmission}`}</span>
            <span className="push-time">
              <Ago ms={push.at} />
            </span>
          </div>
          {push.notification ? (
            <>
              <p className="push-title">{push.notification.title}</p>
              <p className="push-text">{push.notification.body}</p>
            </>
          ) : (
            <p className="push-text mono">{push.transmission}</p>
          )}
          {recalled ? (
            <p className="push-mark">{t.virtual.recalled}</p>
          ) : (
            push.notification &&
            (opened ? (
              <p className="push-mark">{t.virtual.clicked}</p>
            ) : (
              <Button
                look="quiet"
                label={`${t.virtual.click}: ${push.notification.title}`}
                onPress={() => onOpen(push)}
              >
                {t.virtual.click}
              </Button>
            ))
          )}
        </li>
      ))}
    </ul>
  );
}
