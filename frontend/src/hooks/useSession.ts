'use client'

import type { ConnectionOptions, UseSessionResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

/** Who this user is, as far as conversations and the connection tell. */
export function useSession(options?: ConnectionOptions): UseSessionResult {
  const client = useClient(options)
  const userId = useStore(client.connection, (info) => info.userId)
  const me = useStore(client.conversations, ({ conversations }) => {
    for (const { participants } of conversations) {
      const found = participants.find((person) => person.id === userId)
      if (found) return found
    }
    return null
  })
  return { userId, me }
}
