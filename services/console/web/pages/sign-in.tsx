import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { urlOf } from '../api/client.ts';
import { asCallError, type CallError, errorCodes } from '../api/errors.ts';
import { useAsk } from '../api/queries.ts';
import { useClient, useSessionHold } from '../api/session.tsx';
import type { Session } from '../api/types.ts';
import { ChangePasswordForm } from '../app/change-password.tsx';
import { Mark } from '../app/mark.tsx';
import { themes, usePreferences } from '../app/preferences.tsx';
import { languageNames, languages } from '../i18n/dictionary.ts';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from '../ui/button.tsx';
import { Choice, TextField } from '../ui/field.tsx';
import { ErrorNote, Notice } from '../ui/notice.tsx';

/** The first thing that anybody sees. */
export function SignInPage() {
  const { t } = useWords();
  const { data } = useAsk<{ oidc: { name: string } | null }>('sign-in');
  // Where a sign-in with a provider that failed ends.
  const fault = new URLSearchParams(location.search).get('fault');
  const code = errorCodes.find((known) => known === fault);
  return (
    <Gate title={t.signIn.title} lead={t.signIn.lead}>
      {fault !== null && (
        <Notice tone="bad">
          {t.signIn.failedProvider} {code && t.errors[code]}
        </Notice>
      )}
      <SignInForm />
      {data?.oidc && (
        <>
          <p className="or">{t.signIn.or}</p>
          <a className="button button-plain" href={urlOf('session/oidc')}>
            {t.signIn.with(data.oidc.name)}
          </a>
        </>
      )}
    </Gate>
  );
}

/** Between a sign-in with a password that serves once and everything else. */
export function ForcedPasswordPage() {
  const { t } = useWords();
  return (
    <Gate title={t.signIn.changeTitle} lead={t.signIn.changeForced}>
      <ChangePasswordForm onDone={() => {}} />
    </Gate>
  );
}

/** @param name given: whose session has ended. */
export function SignInForm({ name: given }: { name?: string }) {
  const { t } = useWords();
  const client = useClient();
  const { opened } = useSessionHold();
  const [name, setName] = useState(given ?? '');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy || name === '' || password === '') return;
    setBusy(true);
    setError(undefined);
    try {
      opened(await client.callOnce<Session>('POST', 'session', { body: { name, password } }));
    } catch (failure) {
      setError(asCallError(failure));
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t.signIn.name}
        autoComplete="username"
        value={name}
        onChange={setName}
        autoFocus={given === undefined}
        disabled={given !== undefined}
      />
      <TextField
        label={t.signIn.password}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus={given !== undefined}
      />
      {error && <ErrorNote error={error} />}
      <Button look="main" type="submit" busy={busy}>
        {t.signIn.submit}
      </Button>
    </form>
  );
}

function Gate({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useWords();
  const { language, setLanguage, theme, setTheme } = usePreferences();
  const themeNames = { system: t.shell.themeSystem, light: t.shell.themeLight, dark: t.shell.themeDark };
  useEffect(() => {
    document.title = `${title} · ${t.common.product}`;
  }, [title, t]);
  return (
    <main className="gate">
      <div className="gate-box">
        <div className="gate-head">
          <Mark size={44} />
          <h1>{title}</h1>
          <p className="muted">{lead}</p>
        </div>
        <div className="card">{children}</div>
        <div className="gate-foot">
          <Choice
            label={t.shell.language}
            unseenLabel
            value={language}
            options={languages.map((value) => ({ value, text: languageNames[value] }))}
            onChange={setLanguage}
          />
          <Choice
            label={t.shell.theme}
            unseenLabel
            value={theme}
            options={themes.map((value) => ({ value, text: themeNames[value] }))}
            onChange={setTheme}
          />
        </div>
      </div>
    </main>
  );
}
