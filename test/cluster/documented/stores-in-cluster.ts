import { createConnection } from 'mysql2/promise';
import { secretOf } from '../../rigs/kubernetes/documented-line.ts';
import type { Kubectl } from '../../rigs/kubernetes/kubectl.ts';
import { waitFor } from '../../rigs/process.ts';

/** Stores of `components/in-cluster-stores`, whose Secret is made and whose pods need not be there yet. */
export async function storesInCluster(kubectl: Kubectl, namespace: string) {
  const secret = (key: string): Promise<string> => secretOf(kubectl, namespace, 'longwire-stores', key);
  const password = await secret('mysql-password');
  const rootPassword = await secret('mysql-root-password');
  const address = async (): Promise<string> => {
    const path = 'jsonpath={.status.podIP}';
    return kubectl.run(['-n', namespace, 'get', 'pod', 'mysql-0', '-o', path]);
  };
  return {
    urls: {
      redis: `redis://:${await secret('redis-password')}@redis:6379/0`,
      mysql: `mysql://longwire:${password}@mysql:3306/longwire`,
    },
    /** MySQL's own image makes database and account; the one that is made of Debian's packages doesn't. */
    async makeAccount(): Promise<void> {
      const connection = await waitFor(
        'MySQL answers',
        async () =>
          createConnection({ host: await address(), user: 'root', password: rootPassword, connectTimeout: 2_000 }),
        120_000,
        1_000,
      );
      try {
        await connection.query('CREATE DATABASE IF NOT EXISTS longwire CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
        await connection.query("CREATE USER IF NOT EXISTS longwire@'%' IDENTIFIED BY ?", [password]);
        await connection.query("GRANT ALL PRIVILEGES ON longwire.* TO longwire@'%'");
      } finally {
        connection.destroy();
      }
    },
  };
}
