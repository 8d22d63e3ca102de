import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Language, languages } from '../i18n/dictionary.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

interface Preferences {
  theme: Theme;
  language: Language;
  /** The app that its pages show; undefined: none was chosen. */
  app: string | undefined;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  setApp(app: string): void;
}

const Context = createContext<Preferences | undefined>(undefined);
const key = 'longwire.console';

/** What this browser's user prefers; kept in it. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [kept, setKept] = useState(read);
  useEffect(() => {
    if (kept.theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = kept.theme;
    write(kept);
  }, [kept]);
  const preferences = useMemo(
    () => ({
      ...kept,
      setTheme: (theme: Theme) => setKept((now) => ({ ...now, theme })),
      setLanguage: (language: Language) => setKept((now) => ({ ...now, language })),
      setApp: (app: string) => setKept((now) => (now.app === app ? now : { ...now, app })),
    }),
    [kept],
  );
  return <Context value={preferences}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (preferences === undefined) throw new Error('outside of a PreferencesProvider');
  return preferences;
}

type Kept = Pick<Preferences, 'theme' | 'language' | 'app'>;

function read(): Kept {
  const kept = stored();
  return {
    theme: themes.find((theme) => theme === kept['theme']) ?? 'system',
    language: languages.find((language) => language === kept['language']) ?? ofBrowser(),
    app: typeof kept['app'] === 'string' ? kept['app'] : undefined,
  };
}

function stored(): Record<string, unknown> {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? '{}') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function write(kept: Kept): void {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // A browser may refuse to keep anything: then it holds for this page.
  }
}

function ofBrowser(): Language {
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en';
}
