'use client'

import { useCallback, useEffect } from 'react'
import type { ConversationId, SendOptions } from '../client'
import type { UseRealtimeMessagingOptions, UseRealtimeMessagingResult } from './results'
import { useClient } from './useClient'
import { useLatest } from './useLatest'
import { useMessages } from './useMessages'
import { useStore } from './useStore'

/** Messages of one conversation together with the state of the connection. */
export function useRealtimeMessaging(
  options: UseRealtimeMessagingOptions = {},
): UseRealtimeMessagingResult {
  const client = useClient(options)
  const messages = useMessages(options.conversationId, options)
  const connectionStatus = useStore(client.connection, (info) => info.status)
  const latest = useLatest(options)

  useEffect(
    () => client.onMessage((message) => latest.current.onMessage?.(message)),
    [client, latest],
  )

  const sendChatMessage = useCallback(
    (text: string, id?: ConversationId, sendOptions?: SendOptions) => {
      const target = id ?? latest.current.conversationId
      return target ? client.thread(target).send(text, sendOptions) : ''
    },
    [client, latest],
  )
  return {
    ...messages,
    sendChatMessage,
    connectionStatus,
    isConnected: connectionStatus === 'connected',
  }
}
