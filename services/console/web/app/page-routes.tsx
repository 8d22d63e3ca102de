import { lazy, type ReactNode, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { OverviewPage } from '../pages/overview/overview.tsx';
import { Skeleton } from '../ui/page.tsx';
import { routes } from './routes.ts';

// Parts of their own: who never opens them loads none of their code.
const TopologyPage = lazy(async () => ({ default: (await import('../pages/topology/topology.tsx')).TopologyPage }));
const SettingsPage = lazy(async () => ({ default: (await import('../pages/settings.tsx')).SettingsPage }));
const SendPage = lazy(async () => ({ default: (await import('../pages/send/send.tsx')).SendPage }));
const TasksPage = lazy(async () => ({ default: (await import('../pages/tasks/tasks.tsx')).TasksPage }));
const TaskPage = lazy(async () => ({ default: (await import('../pages/tasks/task.tsx')).TaskPage }));
const DevicesPage = lazy(async () => ({ default: (await import('../pages/devices/devices.tsx')).DevicesPage }));
const DevicePage = lazy(async () => ({ default: (await import('../pages/devices/device.tsx')).DevicePage }));
const VirtualPage = lazy(async () => ({ default: (await import('../pages/virtual/virtual.tsx')).VirtualPage }));
const AppsPage = lazy(async () => ({ default: (await import('../pages/apps/apps.tsx')).AppsPage }));
const AppPage = lazy(async () => ({ default: (await import('../pages/apps/app.tsx')).AppPage }));
const OperatorsPage = lazy(async () => ({ default: (await import('../pages/operators/operators.tsx')).OperatorsPage }));
const AuditPage = lazy(async () => ({ default: (await import('../pages/audit.tsx')).AuditPage }));

export function PageRoutes({ fallback }: { fallback: ReactNode }) {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/">
          <OverviewPage />
        </Route>
        <Route path={routes.signIn}>
          <Redirect to={routes.overview} replace />
        </Route>
        <Route path="/topology">
          <TopologyPage />
        </Route>
        <Route path="/settings">
          <SettingsPage />
        </Route>
        <Route path="/apps">
          <AppsPage />
        </Route>
        <Route path="/operators">
          <OperatorsPage />
        </Route>
        <Route path="/audit">
          <AuditPage />
        </Route>
        <Route path="/apps/:app">{({ app }) => <AppPage app={app} />}</Route>
        <Route path="/apps/:app/send">{({ app }) => <SendPage app={app} />}</Route>
        <Route path="/apps/:app/tasks">{({ app }) => <TasksPage app={app} />}</Route>
        <Route path="/apps/:app/tasks/:task">{({ app, task }) => <TaskPage app={app} task={task} />}</Route>
        <Route path="/apps/:app/devices">{({ app }) => <DevicesPage app={app} />}</Route>
        <Route path="/apps/:app/devices/:cid">{({ app, cid }) => <DevicePage app={app} cid={cid} />}</Route>
        <Route path="/apps/:app/virtual-devices">{({ app }) => <VirtualPage app={app} />}</Route>
        <Route>{fallback}</Route>
      </Switch>
    </Suspense>
  );
}

function Waiting() {
  return (
    <div className="page">
      <Skeleton lines={8} />
    </div>
  );
}
