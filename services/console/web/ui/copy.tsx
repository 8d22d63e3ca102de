import { useEffect, useState } from 'react';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';

/** A text to take along. The clipboard is only there over HTTPS and on localhost: elsewhere the text is selected. */
export function CopyText({ label, text, block }: { label: string; text: string; block?: boolean }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    void navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <div className={block ? 'copy copy-block' : 'copy'}>
      {block ? <pre className="copy-text">{text}</pre> : <code className="copy-text break">{text}</code>}
      <Button icon={copied ? 'check' : 'copy'} label={`${t.common.copy}: ${label}`} onPress={copy}>
        {copied ? t.common.copied : t.common.copy}
      </Button>
    </div>
  );
}
