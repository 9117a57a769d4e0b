'use client'

import { useMemo } from 'react'
import type { ConversationId, ReadableStore, Typist, UserId } from '../client'
import type { ConnectionOptions, UseTypingIndicatorResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

const nobody: readonly Typist[] = []
const noTypists: ReadableStore<readonly Typist[]> = {
  getSnapshot: () => nobody,
  subscribe: () => () => {},
}

/** Who types in a conversation, and telling that this user does. */
export function useTypingIndicator(
  id: ConversationId | null | undefined,
  options?: ConnectionOptions,
): UseTypingIndicatorResult {
  const client = useClient(options)
  const thread = useMemo(() => (id ? client.thread(id) : null), [client, id])
  const typists = thread?.typists ?? noTypists
  const typingUsers = useStore(typists)
  const functions = useMemo(
    () => ({
      isUserTyping: (userId: UserId) =>
        typists.getSnapshot().some((typist) => typist.user_id === userId),
      sendTypingStatus: (isTyping: boolean) =>
        isTyping ? thread?.keystroke() : thread?.stopTyping(),
    }),
    [thread, typists],
  )
  return { typingUsers, ...functions }
}
