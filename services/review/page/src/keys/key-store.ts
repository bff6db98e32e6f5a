/** What this browser keeps of a key: a browser key's private half, which cannot be taken out, or which passkey it is. */
export type KeptKey =
  | { readonly key_id: string; readonly kind: 'browser'; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }
  | { readonly key_id: string; readonly kind: 'passkey'; readonly credentialId: string };

const NAME = 'mandate';
const STORE = 'keys';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key_id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

export async function keepKey(key: KeptKey): Promise<void> {
  await inStore('readwrite', (store) => store.put(key));
}

export function keptKey(keyId: string): Promise<KeptKey | undefined> {
  return inStore<KeptKey | undefined>('readonly', (store) => store.get(keyId));
}

/** All keys that this browser knows. */
export function keptKeys(): Promise<readonly KeptKey[]> {
  return inStore<KeptKey[]>('readonly', (store) => store.getAll());
}

/** Their ids. */
export async function keptKeyIds(): Promise<readonly string[]> {
  return (await keptKeys()).map((key) => key.key_id);
}
