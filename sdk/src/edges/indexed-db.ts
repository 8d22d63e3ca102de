const opened = new Map<string, Promise<IDBDatabase>>();

/** The database of this name, made with these stores if it isn't there; opened once, and again after it was closed or deleted. */
export function openDatabase(factory: IDBFactory, name: string, stores: string[]): Promise<IDBDatabase> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const opening = new Promise<IDBDatabase>((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of stores) request.result.createObjectStore(store);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error(`${name} is held open by another page`));
    request.onsuccess = () => {
      const database = request.result;
      const forget = (): void => void opened.delete(name);
      database.onclose = forget;
      database.onversionchange = () => {
        forget();
        database.close();
      };
      resolve(database);
    };
  });
  opened.set(name, opening);
  opening.catch(() => opened.delete(name));
  return opening;
}

/** The result of one request, once its transaction is on disk. */
export function transact<T>(
  database: IDBDatabase,
  store: string,
  mode: 'readonly' | 'readwrite',
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    // Browsers that don't know the option pass over it.
    const transaction = database.transaction(store, mode, { durability: 'strict' });
    const request = ask(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? request.error ?? new Error('the transaction was ended'));
  });
}
