'use client'

import { useMemo } from 'react'
import type { ConversationId } from '../client'
import type { ConnectionOptions, UseUnreadResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

/** Unread messages, in all conversations and in each. */
export function useUnread(options?: ConnectionOptions): UseUnreadResult {
  const client = useClient(options)
  const total = useStore(client.unread)
  const unreadIn = useMemo(
    () => (id: ConversationId) => client.thread(id).conversation.getSnapshot()?.unread_count ?? 0,
    [client],
  )
  return { total, unreadIn }
}
