'use client'

import { useEffect, useMemo } from 'react'
import type { Conversation, ConversationId, ReadableStore, Timeline } from '../client'
import type { ConnectionOptions, UseMessagesResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

const nothing: Timeline = { messages: [], hasOlder: false, isLoading: false, error: null }
const emptyTimeline: ReadableStore<Timeline> = constant(nothing)
const noConversation: ReadableStore<Conversation | null> = constant(null)
const none = async () => {}
const noActions = {
  loadOlder: none,
  send: () => '',
  retry: () => {},
  discard: () => {},
  edit: none,
  remove: none,
  react: none,
  markRead: () => {},
}

/** The messages of one conversation and what can be done with them. null: none is open. */
export function useMessages(
  id: ConversationId | null | undefined,
  options?: ConnectionOptions,
): UseMessagesResult {
  const client = useClient(options)
  const thread = useMemo(() => (id ? client.thread(id) : null), [client, id])
  const timeline = useStore(thread?.timeline ?? emptyTimeline)
  const conversation = useStore(thread?.conversation ?? noConversation)
  useEffect(() => thread?.retain(), [thread])
  const { loadOlder, send, retry, discard, edit, remove, react, markRead } = thread ?? noActions
  return {
    ...timeline,
    conversation,
    loadOlder,
    send,
    retry,
    discard,
    edit,
    remove,
    react,
    markRead,
  }
}

function constant<State>(state: State): ReadableStore<State> {
  return { getSnapshot: () => state, subscribe: () => () => {} }
}
