/** In the page: whether a conversation with this text is kept on the device. */
export async function keptText(text: string): Promise<boolean> {
  for (const { name = '' } of await indexedDB.databases()) {
    const values = await new Promise<unknown[]>((resolve, reject) => {
      const opened = indexedDB.open(name)
      opened.onerror = () => reject(opened.error)
      opened.onsuccess = () => {
        if (!opened.result.objectStoreNames.contains('kept')) return resolve([])
        const read = opened.result.transaction('kept').objectStore('kept').getAll()
        read.onsuccess = () => resolve(read.result)
        opened.result.close()
      }
    })
    if (JSON.stringify(values).includes(text)) return true
  }
  return false
}
