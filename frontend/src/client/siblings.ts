import type { Core } from './core'
import type { Heard, TabMessage } from './tabs'

/** What a tab does with what the other tabs of the browser say. */
export interface Siblings {
  hear(message: TabMessage): void
}

export function createSiblings({ feed, keeper, later, outbox, tabs }: Core): Siblings {
  const { posted } = tabs

  const ofLeader: Heard<'welcome' | 'poll' | 'info' | 'frame' | 'outbox'> = {
    frame: ({ text }) => tabs.take(text),
    info: ({ info }) => tabs.follow(info),
    poll: () => later.tell(({ apiOnly }) => apiOnly.poll()),
    outbox({ entries }) {
      for (const { key } of entries) posted.delete(key)
      outbox.entries.set([...entries, ...posted.values()])
    },
    async welcome({ info, pos }) {
      const isBehind = () => (feed.position()?.pos ?? -1) < pos
      tabs.follow(info)
      for (const entry of posted.values()) tabs.post({ type: 'post', entry })
      if (isBehind()) feed.restore(await keeper.load())
      if (isBehind()) await feed.sync()
    },
  }

  const ofFollower: Heard<'hello' | 'send' | 'post' | 'retry' | 'discard'> = {
    hello: tabs.greet,
    send: ({ text }) => tabs.send(text),
    post({ entry }) {
      outbox.add(entry)
      outbox.pump()
    },
    retry: ({ key }) => outbox.retry(key),
    discard: ({ key }) => outbox.discard(key),
  }

  return {
    hear(message) {
      const handlers: Partial<Heard<TabMessage['type']>> = tabs.isLeader() ? ofFollower : ofLeader
      const handle = handlers[message.type] as ((said: TabMessage) => unknown) | undefined
      return handle?.(message)
    },
  }
}
