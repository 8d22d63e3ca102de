import { Component, type ReactNode } from 'react';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/notice.tsx';

/** A page that throws doesn't take the others along. `page`: another one is tried anew. */
export class FaultBoundary extends Component<{ page: string; children: ReactNode }, { failed: string | undefined }> {
  override state: { failed: string | undefined } = { failed: undefined };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failed: this.props.page });
  }

  static getDerivedStateFromError(): object {
    return {};
  }

  override render(): ReactNode {
    return this.state.failed === this.props.page ? <Broken /> : this.props.children;
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
