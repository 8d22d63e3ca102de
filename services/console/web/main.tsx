import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/surfaces.css';
import './styles/tables.css';
import './styles/shell.css';
import './styles/pages.css';
import './styles/phone.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SessionProvider } from './api/session.tsx';
import { App } from './app/app.tsx';
import { PreferencesProvider } from './app/preferences.tsx';
import { WordsProvider } from './i18n/i18n.tsx';

/** Answers that nobody looks at are forgotten after so long. */
const keptMs = 5 * 60_000;

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: false, gcTime: keptMs, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PreferencesProvider>
      <WordsProvider>
        <QueryClientProvider client={queries}>
          <SessionProvider>
            <App />
          </SessionProvider>
        </QueryClientProvider>
      </WordsProvider>
    </PreferencesProvider>
  </StrictMode>,
);
