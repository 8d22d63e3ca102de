import type { IconName } from '../ui/icon.tsx';

/** Addresses of the pages, below `/console`. */
export const routes = {
  overview: '/',
  /** Where a provider's sign-in that failed ends; with a session it leads to the overview. */
  signIn: '/sign-in',
  topology: '/topology',
  settings: '/settings',
  apps: '/apps',
  operators: '/operators',
  audit: '/audit',
  send: (app: string) => `/apps/${encodeURIComponent(app)}/send`,
  tasks: (app: string) => `/apps/${encodeURIComponent(app)}/tasks`,
  task: (app: string, task: string) => `/apps/${encodeURIComponent(app)}/tasks/${encodeURIComponent(task)}`,
  devices: (app: string) => `/apps/${encodeURIComponent(app)}/devices`,
  device: (app: string, cid: string) => `/apps/${encodeURIComponent(app)}/devices/${encodeURIComponent(cid)}`,
  virtualDevices: (app: string) => `/apps/${encodeURIComponent(app)}/virtual-devices`,
  app: (app: string) => `/apps/${encodeURIComponent(app)}`,
} as const;

export interface NavigationItem {
  name:
    | 'overview'
    | 'topology'
    | 'settings'
    | 'send'
    | 'tasks'
    | 'devices'
    | 'virtualDevices'
    | 'appDetails'
    | 'apps'
    | 'operators'
    | 'audit';
  icon: IconName;
  href: string;
  /** Of all apps; undefined: any right will do. */
  needs?: 'admin of all';
}

export const systemItems: NavigationItem[] = [
  { name: 'overview', icon: 'overview', href: routes.overview },
  { name: 'topology', icon: 'topology', href: routes.topology },
  { name: 'settings', icon: 'settings', href: routes.settings, needs: 'admin of all' },
];

export const administrationItems: NavigationItem[] = [
  { name: 'apps', icon: 'app', href: routes.apps },
  { name: 'operators', icon: 'operators', href: routes.operators, needs: 'admin of all' },
  { name: 'audit', icon: 'audit', href: routes.audit, needs: 'admin of all' },
];

export function appItems(app: string): NavigationItem[] {
  return [
    { name: 'send', icon: 'send', href: routes.send(app) },
    { name: 'tasks', icon: 'tasks', href: routes.tasks(app) },
    { name: 'devices', icon: 'devices', href: routes.devices(app) },
    { name: 'virtualDevices', icon: 'virtual', href: routes.virtualDevices(app) },
    { name: 'appDetails', icon: 'details', href: routes.app(app) },
  ];
}

/** Whether an address is this item's page or one below it. */
export function isCurrent(item: NavigationItem, at: string): boolean {
  if (item.name === 'overview' || item.name === 'apps' || item.name === 'appDetails') return at === item.href;
  return at === item.href || at.startsWith(`${item.href}/`);
}
