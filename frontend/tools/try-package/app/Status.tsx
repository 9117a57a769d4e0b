'use client'

import { useRealtimeMessaging, useWebSocket } from '@sewabazaar/messaging'
import { closeCodes } from '@sewabazaar/messaging/core'

export function Status() {
  const { connectionStatus } = useWebSocket()
  const { messages, sendChatMessage } = useRealtimeMessaging({ conversationId: 1 })
  return (
    <button type="button" onClick={() => sendChatMessage(`hello ${closeCodes.normal}`)}>
      {`status: ${connectionStatus}, ${messages.length} messages`}
    </button>
  )
}
