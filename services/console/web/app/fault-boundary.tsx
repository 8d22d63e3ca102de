import { Component, type ReactNode } from 'react';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/notice.tsx';

/** A page that throws doesn't take the others along: with another `key` it begins anew. */
export class FaultBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render(): ReactNode {
    return this.state.failed ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useWords();
  return (
    <Empty icon="warn" title={t.common.brokenTitle} text={t.common.brokenText}>
      <Button onPress={() => location.reload()}>{t.common.reload}</Button>
    </Empty>
  );
}
