'use client'

import type { ConnectionOptions, UseConversationsResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

/** The conversations of this user. */
export function useConversations(options?: ConnectionOptions): UseConversationsResult {
  const client = useClient(options)
  const list = useStore(client.conversations)
  const { loadMore, refresh, archive, pin, mute, remove, startConversation: start } = client
  return { ...list, loadMore, refresh, archive, pin, mute, remove, start }
}
