import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { CallError } from '../api/errors.ts';
import { useWords } from '../i18n/i18n.tsx';
import { Button, IconButton } from './button.tsx';
import { ErrorNote } from './notice.tsx';

/** `onClose` undefined: it stays until what it asks for is done. */
export function Dialog({
  title,
  open,
  onClose,
  children,
  wide,
}: {
  title: string;
  open: boolean;
  onClose?: (() => void) | undefined;
  children: ReactNode;
  wide?: boolean;
}) {
  const { t } = useWords();
  return (
    <ModalOverlay
      className="overlay"
      isOpen={open}
      isDismissable={onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(now) => {
        if (!now) onClose?.();
      }}
    >
      <Modal className={wide ? 'modal modal-wide' : 'modal'}>
        <AriaDialog className="dialog">
          <div className="row-apart">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            {onClose && <IconButton icon="close" label={t.common.close} onPress={onClose} />}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something is done that can't be undone by a click. */
export function ConfirmDialog({
  title,
  text,
  action,
  open,
  danger,
  busy,
  error,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  text: string;
  action: string;
  open: boolean;
  danger?: boolean;
  busy?: boolean;
  error?: CallError | undefined;
  onConfirm: () => void;
  onClose: () => void;
  children?: ReactNode;
}) {
  const { t } = useWords();
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <p className="muted">{text}</p>
      {children}
      {error && <ErrorNote error={error} />}
      <div className="dialog-actions">
        <Button onPress={onClose}>{t.common.cancel}</Button>
        <Button look={danger ? 'danger' : 'main'} busy={busy ?? false} onPress={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
