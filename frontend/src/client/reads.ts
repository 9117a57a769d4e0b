import type { Core } from './core'
import { toClientError } from './credentials'
import type { ConversationId } from './types'

const repeatMs = 5_000
const deliveredMs = 1_000

/** Tells the server what has been read and what has arrived. */
export interface Reads {
  /** Sends `core.readUpTo`: one request at a time, until each has arrived. */
  flush(): Promise<void>
  pause(): void
  /** One frame a second, which leaves room for everything else. */
  arrived(id: ConversationId, upTo: number): void
}

export function createReads({ api, environment, readUpTo, sendFrame }: Core): Reads {
  const { after } = environment
  const delivered = new Map<ConversationId, number>()
  let isSending = false
  let isWaiting = false
  let stopTimer = () => {}
  const sendDelivered = () => {
    isWaiting = delivered.size > 0
    if (!isWaiting) return
    after(deliveredMs, () => {
      for (const [conversation_id, up_to] of [...delivered].slice(0, 1)) {
        delivered.delete(conversation_id)
        sendFrame('delivered', { conversation_id, up_to })
      }
      sendDelivered()
    })
  }
  const flush = async () => {
    if (isSending) return
    isSending = true
    stopTimer()
    for (const [id, up_to] of readUpTo) {
      readUpTo.delete(id)
      // What has been read is known to be delivered.
      delivered.delete(id)
      const request = api.request('POST', `conversations/${id}/mark_as_read/`, { up_to })
      const error = await request.then(() => null, toClientError)
      if (!error?.retryable) continue
      readUpTo.set(id, Math.max(up_to, readUpTo.get(id) ?? 0))
      stopTimer = after(repeatMs, flush)
      break
    }
    isSending = false
  }
  return {
    flush,
    pause: () => stopTimer(),
    arrived(id, upTo) {
      delivered.set(id, upTo)
      if (!isWaiting) sendDelivered()
    },
  }
}
