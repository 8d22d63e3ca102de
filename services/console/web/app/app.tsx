import { useEffect } from 'react';
import { Router, useLocation } from 'wouter';
import { useClient, useSessionHold } from '../api/session.tsx';
import type { Session } from '../api/types.ts';
import { useWords } from '../i18n/i18n.tsx';
import { ForcedPasswordPage, SignInPage } from '../pages/sign-in.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/notice.tsx';
import { FaultBoundary } from './fault-boundary.tsx';
import { PhoneBars, SideBar } from './navigation.tsx';
import { PageRoutes } from './page-routes.tsx';
import { RenewDialog } from './renew-dialog.tsx';
import { routes } from './routes.ts';

export function App() {
  const { state, opened, closed } = useSessionHold();
  const client = useClient();
  useEffect(() => {
    client.callOnce<Session>('GET', 'session').then(opened, closed);
  }, [client, opened, closed]);
  switch (state.is) {
    case 'unknown':
      return null;
    case 'none':
      return <SignInPage />;
    case 'open':
    case 'ended':
      return state.session.mustChangePassword ? <ForcedPasswordPage /> : <Shell />;
  }
}

function Shell() {
  return (
    <Router base="/console">
      <Frame />
      <RenewDialog />
    </Router>
  );
}

function Frame() {
  const { t } = useWords();
  const [at] = useLocation();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t.shell.skip}
      </a>
      <SideBar />
      <PhoneBars />
      <main className="main" id="content" tabIndex={-1}>
        <FaultBoundary key={at}>
          <PageRoutes fallback={<NotFound />} />
        </FaultBoundary>
      </main>
    </div>
  );
}

function NotFound() {
  const { t } = useWords();
  return (
    <Empty icon="search" title={t.common.notFoundTitle} text={t.common.notFoundText}>
      <ButtonLink href={routes.overview}>{t.common.toOverview}</ButtonLink>
    </Empty>
  );
}
