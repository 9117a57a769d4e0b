import type { Environment, Vault } from './environment'

/** Keeps what a restart needs. A browser that cannot or does not answer costs the memory, nothing else. */
export interface Keeper {
  /** `collect` gives what has changed since it was asked before. */
  open(name: string): Promise<ReadonlyMap<string, unknown>>
  /** Empty when there is nothing, and when it takes too long. */
  load(): Promise<ReadonlyMap<string, unknown>>
  saveSoon(): void
  save(): Promise<void>
  /** undefined removes. */
  keep(key: string, value: unknown): void
  /** Leaves nothing of this user on the device. */
  clear(): Promise<void>
}

const saveAfterMs = 500
const openWithinMs = 1_500

export function createKeeper(
  { after, openVault }: Environment,
  collect: () => ReadonlyMap<string, unknown>,
): Keeper {
  let vault: Vault | undefined
  let stopTimer: (() => void) | null = null
  const load = () =>
    new Promise<ReadonlyMap<string, unknown>>((resolve) => {
      const none = () => resolve(new Map())
      if (!vault) return none()
      const stopWaiting = after(openWithinMs, none)
      vault.load().then(resolve, none).finally(stopWaiting)
    })
  const write = async (changes: ReadonlyMap<string, unknown>) => {
    // Full or forbidden: the page goes on with what is in memory.
    if (changes.size > 0) await vault?.write(changes).catch(() => {})
  }
  const save = () => {
    stopTimer?.()
    stopTimer = null
    return write(collect())
  }
  return {
    open(name) {
      vault = openVault?.(name)
      return load()
    },
    load,
    saveSoon() {
      stopTimer ??= after(saveAfterMs, save)
    },
    save,
    keep: (key, value) => void write(new Map([[key, value]])),
    clear: async () => write(new Map([...(await load()).keys()].map((key) => [key, undefined]))),
  }
}
