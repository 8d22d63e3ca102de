/** Where a system reaches a server of a test. */
export interface TestHost {
  /** What the system calls it by. */
  name: string;
  /** What the server listens on. */
  address: string;
}

/** For a system of processes on this machine. */
export const loopback: TestHost = { name: '127.0.0.1', address: '127.0.0.1' };

/** The name that containers know this machine by. */
export const nameForContainers = 'tests.internal';
