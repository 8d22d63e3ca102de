import { useState } from 'react';
import {
  Button as AriaButton,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import { useClient, useSession, useSessionHold } from '../api/session.tsx';
import { type Language, languageNames, languages } from '../i18n/dictionary.ts';
import { useWords } from '../i18n/i18n.tsx';
import { ChangePasswordDialog } from './change-password.tsx';
import { type Theme, themes, usePreferences } from './preferences.tsx';

/** Who is signed in, how the pages look, and the way out. */
export function AccountMenu() {
  const { t } = useWords();
  const { operator } = useSession();
  const { closed } = useSessionHold();
  const client = useClient();
  const { theme, setTheme, language, setLanguage } = usePreferences();
  const [changing, setChanging] = useState(false);
  const themeNames: Record<Theme, string> = {
    system: t.shell.themeSystem,
    light: t.shell.themeLight,
    dark: t.shell.themeDark,
  };
  const act = (key: string): void => {
    if (key === 'password') setChanging(true);
    // Whatever the backend says, this page knows the session no longer.
    if (key === 'out') void client.callOnce('DELETE', 'session').then(closed, closed);
  };
  return (
    <>
      <MenuTrigger>
        <AriaButton className="account">
          <span className="account-letter" aria-hidden="true">
            {[...operator.name][0]?.toUpperCase()}
          </span>
          <span className="unseen">{t.shell.account}: </span>
          <span className="clip">{operator.name}</span>
        </AriaButton>
        <Popover className="popover" placement="top start">
          <Menu className="list" onAction={(key) => act(String(key))} aria-label={t.shell.account}>
            <MenuSection
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[theme]}
              onSelectionChange={(keys) => setTheme([...(keys as Set<Theme>)][0] ?? 'system')}
            >
              <Header className="list-part">{t.shell.theme}</Header>
              {themes.map((one) => (
                <MenuItem className="list-item" id={one} key={one}>
                  {themeNames[one]}
                </MenuItem>
              ))}
            </MenuSection>
            <MenuSection
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[language]}
              onSelectionChange={(keys) => setLanguage([...(keys as Set<Language>)][0] ?? 'en')}
            >
              <Header className="list-part">{t.shell.language}</Header>
              {languages.map((one) => (
                <MenuItem className="list-item" id={one} key={one}>
                  {languageNames[one]}
                </MenuItem>
              ))}
            </MenuSection>
            <Separator className="list-line" />
            {operator.source === 'password' && (
              <MenuItem className="list-item" id="password">
                {t.shell.changePassword}
              </MenuItem>
            )}
            <MenuItem className="list-item" id="out">
              {t.shell.signOut}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <ChangePasswordDialog open={changing} onClose={() => setChanging(false)} />
    </>
  );
}
