'use client'

import { useRealtimeMessaging, useWebSocket } from '@sewabazaar/messaging'
import { closeCodes, toClientError } from '@sewabazaar/messaging/core'
import { useState } from 'react'

export function Status() {
  const { connectionStatus } = useWebSocket()
  const { messages, sendChatMessage, edit } = useRealtimeMessaging({ conversationId: 1 })
  const [result, setResult] = useState('none')
  const change = () => edit(5, 'other').catch((reason) => setResult(toClientError(reason).code))
  return (
    <>
      <button type="button" onClick={() => sendChatMessage(`hello ${closeCodes.normal}`)}>
        {`status: ${connectionStatus}, ${messages.length} messages`}
      </button>
      <button type="button" onClick={() => void change()}>
        edit
      </button>
      <p>{`edit: ${result}`}</p>
    </>
  )
}
