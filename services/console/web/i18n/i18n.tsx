import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { I18nProvider } from 'react-aria-components';
import { usePreferences } from '../app/preferences.tsx';
import { type Dictionary, dictionaries, type Language, languageTags } from './dictionary.ts';
import { type Format, formatFor } from './format.ts';

interface Words {
  /** The words. */
  t: Dictionary;
  /** Numbers and times. */
  f: Format;
  language: Language;
}

const Context = createContext<Words | undefined>(undefined);

export function WordsProvider({ children }: { children: ReactNode }) {
  const { language } = usePreferences();
  const tag = languageTags[language];
  const words = useMemo(() => ({ t: dictionaries[language], f: formatFor(tag), language }), [language, tag]);
  useEffect(() => {
    document.documentElement.lang = tag;
  }, [tag]);
  return (
    <I18nProvider locale={language === 'zh' ? 'zh-CN' : 'en-US'}>
      <Context value={words}>{children}</Context>
    </I18nProvider>
  );
}

export function useWords(): Words {
  const words = useContext(Context);
  if (words === undefined) throw new Error('outside of a WordsProvider');
  return words;
}
