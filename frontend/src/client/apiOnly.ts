import { readAnswer } from './api'
import type { CatchUp } from './catchUp'
import { int, text } from './check'
import type { Core } from './core'
import { conversation, message } from './frames'
import type { Delivery } from './outbox'

/** API-only mode: WebSocket is blocked on the way but REST answers, so messages travel by requests. */
export interface ApiOnly {
  isOn(): boolean
  delivery(): Delivery
  /** An attempt to connect has failed; the connection goes on trying meanwhile. */
  consider(): Promise<void>
  /** There is a connection again, or none is wanted. */
  end(): void
  /** Asks what has changed and reads it. */
  poll(): Promise<void>
}

const pollMs = 5_000
const head = { epoch: text, pos: int } as const
const newest = { results: [conversation] } as const

export function createApiOnly(core: Core, { takeOver }: CatchUp): ApiOnly {
  const { api, environment, feed, outbox, tabs } = core
  let isOn = false
  let isAsking = false
  let polledPos: number | null = null
  let stopTimer = () => {}

  const post: Delivery = async ({ conversation_id, content, key, reply_to, attachments }) =>
    readAnswer(
      message,
      await api.request('POST', 'messages/', {
        conversation: conversation_id,
        text: content,
        client_msg_id: key,
        reply_to,
        attachments: attachments.map(({ id }) => id),
      }),
    )
  const poll = async () => {
    const { epoch, pos } = await api.read(head, 'sync/?limit=1')
    if (epoch !== feed.position()?.epoch) return feed.isSyncing() ? undefined : feed.sync()
    if (pos === polledPos) return
    const { results } = await api.read(newest, 'conversations/?page_size=20')
    for (const one of results) takeOver(one)
    polledPos = pos
  }
  const look = async () => {
    tabs.post({ type: 'poll' })
    await poll()
    await core.later.use(({ reads }) => reads.flush())
  }
  const keepLooking = async () => {
    if (!environment.isResting()) await look().catch(() => {})
    if (isOn) stopTimer = environment.after(pollMs, keepLooking)
  }
  const change = (next: boolean) => {
    isOn = next
    tabs.refresh()
    outbox.pump()
  }
  return {
    isOn: () => isOn,
    delivery: () => (isOn ? post : null),
    async consider() {
      if (isOn || isAsking) return
      isAsking = true
      const isReachable = await api.request('GET', 'health/').then(
        () => true,
        () => false,
      )
      if (isAsking && isReachable) {
        change(true)
        void keepLooking()
      }
      isAsking = false
    },
    end() {
      isAsking = false
      stopTimer()
      if (isOn) change(false)
    },
    poll,
  }
}
