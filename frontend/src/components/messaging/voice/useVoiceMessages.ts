import { useMemo } from 'react'
import { type ChatClient, type ConversationId, type Upload, Uploads } from '../../../client'
import { useClient, useStore } from '../../../hooks'
import type { Recording } from './recorder'

const underway = new WeakMap<ChatClient, Map<ConversationId, Uploads>>()

/** Voice messages on their way. They go on when the person opens another conversation meanwhile. */
export function useVoiceMessages(id: ConversationId) {
  const client = useClient()
  const voices = useMemo(() => voicesOf(client, id), [client, id])
  const uploads = useStore(voices.state)
  const send = useMemo(
    () =>
      ({ file, durationMs, waveform }: Recording) =>
        voices.add([file], { duration_ms: durationMs, waveform: JSON.stringify(waveform) }),
    [voices],
  )
  return { uploads, send, cancel: voices.cancel, retry: voices.retry }
}

function voicesOf(client: ChatClient, id: ConversationId): Uploads {
  const known = underway.get(client) ?? new Map<ConversationId, Uploads>()
  underway.set(client, known)
  const voices = known.get(id) ?? start(client, id)
  known.set(id, voices)
  return voices
}

/** Each is sent when its sound has arrived, in the order they were spoken. */
function start(client: ChatClient, id: ConversationId): Uploads {
  const url = `${client.origin}/api/messaging/attachments/`
  const voices = new Uploads({ url, credentials: client.credentials })
  voices.state.subscribe(() => {
    const next = voices.state.getSnapshot()[0]
    if (!next?.attachment) return
    client.thread(id).send('', { attachments: [next.attachment] })
    voices.cancel(next.key)
  })
  retryWhenConnected(client, voices.state.getSnapshot, voices.retry)
  return voices
}

/** What failed for want of a network is tried again with the next connection. Returns the end of it. */
export function retryWhenConnected(
  client: ChatClient,
  uploads: () => readonly Upload[],
  retry: (key: string) => void,
): () => void {
  let wasConnected = true
  return client.connection.subscribe(() => {
    const isConnected = client.connection.getSnapshot().status === 'connected'
    if (isConnected && !wasConnected) {
      for (const { key, status, error } of uploads()) {
        if (status === 'failed' && error?.retryable) retry(key)
      }
    }
    wasConnected = isConnected
  })
}
