import { useSessionHold } from '../api/session.tsx';
import { useWords } from '../i18n/i18n.tsx';
import { SignInForm } from '../pages/sign-in.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** Over the page that somebody is in the middle of when the session ends: what waits goes on after it. */
export function RenewDialog() {
  const { t } = useWords();
  const { state, closed } = useSessionHold();
  if (state.is !== 'ended') return null;
  return (
    <Dialog title={t.signIn.renewTitle} open>
      <p className="muted">{t.signIn.renewText}</p>
      <SignInForm name={state.session.operator.name} />
      <Button look="quiet" onPress={closed}>
        {t.signIn.leave}
      </Button>
    </Dialog>
  );
}
