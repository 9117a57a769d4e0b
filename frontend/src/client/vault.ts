import type { Vault } from './environment'

const storeName = 'kept'

/** IndexedDB as a map. Everything is read at once: what is kept is bounded by those who write it. */
export function indexedDbVault(name: string, factory: IDBFactory): Vault {
  let opened: Promise<IDBDatabase> | null = null
  const open = () => {
    opened ??= new Promise((resolve, reject) => {
      const request = factory.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(storeName)
      request.onerror = () => reject(request.error)
      request.onsuccess = () => resolve(request.result)
    })
    return opened
  }
  const transact = async <Result>(
    mode: IDBTransactionMode,
    use: (store: IDBObjectStore) => Result,
  ): Promise<Result> => {
    const transaction = (await open()).transaction(storeName, mode)
    return new Promise((resolve, reject) => {
      transaction.onabort = () => reject(transaction.error)
      try {
        const result = use(transaction.objectStore(storeName))
        transaction.oncomplete = () => resolve(result)
      } catch (reason) {
        reject(reason)
        transaction.abort()
      }
    })
  }
  return {
    async load() {
      const read = (store: IDBObjectStore) => [store.getAllKeys(), store.getAll()] as const
      const [keys, values] = await transact('readonly', read)
      return new Map(keys.result.map((key, index) => [`${key}`, values.result[index]]))
    },
    write: (changes) =>
      transact('readwrite', (store) => {
        for (const [key, value] of changes) {
          if (value === undefined) store.delete(key)
          else store.put(value, key)
        }
      }),
  }
}
