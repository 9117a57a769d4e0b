'use client'

import { useEffect, useMemo } from 'react'
import type { UseWebSocketOptions, UseWebSocketResult } from './results'
import { useClient } from './useClient'
import { useLatest } from './useLatest'
import { useStore } from './useStore'

export { useOnlineStatus } from './useOnlineStatus'
export { useRealtimeMessaging } from './useRealtimeMessaging'
export { useTypingIndicator } from './useTypingIndicator'

/** The connection: its state, and frames in and out. */
export function useWebSocket(options: UseWebSocketOptions = {}): UseWebSocketResult {
  const client = useClient(options, options.autoConnect !== false)
  const connection = useStore(client.connection)
  const latest = useLatest(options)
  const isConnected = connection.status === 'connected'
  const { error, status } = connection

  useEffect(() => client.onFrame((frame) => latest.current.onMessage?.(frame)), [client, latest])
  useEffect(() => {
    if (!isConnected) return
    latest.current.onConnect?.()
    return () => latest.current.onDisconnect?.()
  }, [isConnected, latest])
  useEffect(() => {
    if (error) latest.current.onError?.(error)
  }, [error, latest])

  const functions = useMemo(
    () => ({
      sendMessage: (frame: { type: string; data?: object }) =>
        client.sendFrame(frame.type, frame.data),
      onMessage: client.onFrame,
      connect: client.connect,
      disconnect: client.stop,
    }),
    [client],
  )
  return {
    connectionStatus: status,
    connection,
    isConnected,
    isConnecting: status === 'connecting' || status === 'reconnecting',
    error,
    ...functions,
  }
}
