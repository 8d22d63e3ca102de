export { type AsyncStorageLike, asyncStorage } from './edges/async-storage.ts';

/** As much of React Native's `AppState` as is used. */
export interface AppStateLike {
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void };
}

/** For `changes` of `connect`: asks whether the connection lives when the app comes to the foreground. */
export function appStateChanges(appState: AppStateLike): (check: () => void) => () => void {
  return (check) => {
    const subscription = appState.addEventListener('change', (state) => {
      if (state === 'active') check();
    });
    return () => subscription.remove();
  };
}
