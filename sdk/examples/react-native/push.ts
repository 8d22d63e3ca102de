import { connect, type Device, type Push } from '@longwire/sdk';
import { type AppStateLike, type AsyncStorageLike, appStateChanges, asyncStorage } from '@longwire/sdk/react-native';

/**
 * In an app: `startPush(AsyncStorage, AppState, show)` with `AsyncStorage` of `@react-native-async-storage/async-storage` and `AppState` of
 * `react-native`. React Native has no WebCrypto, so the app's backend signs.
 */
export function startPush(items: AsyncStorageLike, appState: AppStateLike, show: (push: Push) => void): Device {
  const device = connect({
    url: 'wss://push.example.com/sdk/v1',
    appId: 'APP_ID',
    sign: async ({ text }) => {
      const answer = await fetch('https://api.example.com/sign', { method: 'POST', body: text });
      if (!answer.ok) throw new Error(`/sign answered ${answer.status}`);
      return answer.text();
    },
    storage: asyncStorage(items, 'APP_ID'),
    changes: appStateChanges(appState),
    device: { platform: 'android' },
    onPush: (push) => {
      show(push);
      device.event(push, 'shown');
    },
  });
  return device;
}
