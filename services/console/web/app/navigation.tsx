import { useState } from 'react';
import { Button as AriaButton, Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { hasRight, useSession } from '../api/session.tsx';
import { useWords } from '../i18n/i18n.tsx';
import { IconButton } from '../ui/button.tsx';
import { Choice } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { AccountMenu } from './account-menu.tsx';
import { useApps, useCurrentApp } from './apps.ts';
import { Mark } from './mark.tsx';
import { usePreferences } from './preferences.tsx';
import { administrationItems, appItems, isCurrent, type NavigationItem, routes, systemItems } from './routes.ts';

/** At the left where there is room. */
export function SideBar() {
  return (
    <div className="side">
      <Brand />
      <Navigation />
      <AccountMenu />
    </div>
  );
}

function Brand() {
  const { t } = useWords();
  return (
    <Link className="brand" href={routes.overview}>
      <Mark size={26} />
      {t.common.product}
    </Link>
  );
}

function Navigation({ onGone }: { onGone?: () => void }) {
  const { t } = useWords();
  const app = useCurrentApp();
  const session = useSession();
  const allowed = (item: NavigationItem): boolean => item.needs === undefined || hasRight(session, 'admin', '*');
  return (
    <nav className="nav" aria-label={t.shell.navigation}>
      <Group head={t.shell.groupSystem} items={systemItems.filter(allowed)} onGone={onGone} />
      <div className="nav-group">
        <p className="nav-head">{t.shell.groupApp}</p>
        <AppSwitcher onGone={onGone} />
        {app !== undefined && <Links items={appItems(app)} onGone={onGone} />}
      </div>
      <Group head={t.shell.groupAdministration} items={administrationItems.filter(allowed)} onGone={onGone} />
    </nav>
  );
}

interface Going {
  onGone: (() => void) | undefined;
}

function Group({ head, items, onGone }: { head: string; items: NavigationItem[] } & Going) {
  return (
    <div className="nav-group">
      <p className="nav-head">{head}</p>
      <Links items={items} onGone={onGone} />
    </div>
  );
}

function Links({ items, onGone }: { items: NavigationItem[] } & Going) {
  const { t } = useWords();
  const [at] = useLocation();
  return items.map((item) => (
    <Link
      className="nav-link"
      href={item.href}
      key={item.name}
      aria-current={isCurrent(item, at) ? 'page' : undefined}
      onClick={() => onGone?.()}
    >
      <Icon name={item.icon} />
      {t.shell[item.name]}
    </Link>
  ));
}

/** Changes the app and stays on the kind of page. */
function AppSwitcher({ onGone }: Going) {
  const { t } = useWords();
  const { data } = useApps();
  const { setApp } = usePreferences();
  const app = useCurrentApp();
  const [at, go] = useLocation();
  const known = data?.items ?? [];
  const options = known.map(({ appId, name }) => ({ value: appId, text: name }));
  if (app !== undefined && !known.some(({ appId }) => appId === app)) options.unshift({ value: app, text: app });
  const change = (chosen: string): void => {
    setApp(chosen);
    const kind = /^\/apps\/[^/]+(\/[^/]+)?/.exec(at)?.[1];
    if (at.startsWith('/apps/')) go(`${routes.app(chosen)}${kind ?? ''}`);
    onGone?.();
  };
  return (
    <div className="nav-app">
      <Choice
        label={t.shell.app}
        unseenLabel
        value={app}
        options={options}
        onChange={change}
        disabled={options.length === 0}
        placeholder={data === undefined ? t.common.loading : t.shell.noApps}
      />
    </div>
  );
}

/** On a phone: the name and the menu above, the pages used most below. */
export function PhoneBars() {
  const { t } = useWords();
  const [at] = useLocation();
  const app = useCurrentApp();
  const [open, setOpen] = useState(false);
  const most = [...systemItems.slice(0, 1), ...(app === undefined ? [] : appItems(app).slice(0, 3))];
  return (
    <>
      <div className="top">
        <Brand />
        <IconButton icon="menu" label={t.shell.openMenu} onPress={() => setOpen(true)} />
      </div>
      <div className="bottom">
        {most.map((item) => (
          <Link
            className="bottom-link"
            href={item.href}
            key={item.name}
            aria-current={isCurrent(item, at) ? 'page' : undefined}
          >
            <Icon name={item.icon} size={20} />
            {t.shell[item.name]}
          </Link>
        ))}
        <AriaButton className="bottom-link" onPress={() => setOpen(true)}>
          <Icon name="more" size={20} />
          {t.shell.moreItems}
        </AriaButton>
      </div>
      <ModalOverlay className="drawer-overlay" isOpen={open} isDismissable onOpenChange={setOpen}>
        <Modal className="drawer">
          <Dialog aria-label={t.shell.navigation}>
            <Brand />
            <Navigation onGone={() => setOpen(false)} />
            <AccountMenu />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}
