import { ChatClient, type ChatClientOptions } from '../client'
import { Browser, type Tab } from './Browser'
import type { FakeConversation } from './FakeLog'
import { FakeServer } from './FakeServer'
import { ManualClock, settle } from './ManualClock'

export const asha = 42
export const binod = 7

/** A server with two people and one conversation, and browsers to open it with. */
export class Scene {
  readonly clock = new ManualClock()
  readonly server = new FakeServer(this.clock.now)
  readonly chat: FakeConversation
  readonly #browsers = new Map<number, Browser>()

  constructor() {
    this.server.log.addPerson(asha, 'Asha Rai')
    this.server.log.addPerson(binod, 'Binod Thapa', 'provider')
    this.chat = this.server.log.addConversation([asha, binod])
  }

  browser(user: number): Browser {
    const known = this.#browsers.get(user)
    if (known) return known
    const browser = new Browser(this.clock, this.server)
    this.#browsers.set(user, browser)
    return browser
  }

  /** A tab of the user's browser with a client in it that is not started yet. */
  open(user: number, options: Partial<ChatClientOptions> = {}): { tab: Tab; client: ChatClient } {
    const tab = this.browser(user).openTab()
    const client = new ChatClient({
      environment: tab.environment,
      url: 'ws://fake/ws/messaging/',
      apiUrl: 'http://fake',
      userId: user,
      getToken: async () => this.server.tokenFor(user),
      ...options,
    })
    return { tab, client }
  }

  /** A tab whose client is connected. */
  async enter(
    user: number,
    options: Partial<ChatClientOptions> = {},
  ): Promise<{ tab: Tab; client: ChatClient }> {
    const opened = this.open(user, options)
    opened.client.start()
    await settle()
    return opened
  }
}

export function texts(client: ChatClient, conversation: number): string[] {
  const { messages } = client.thread(conversation).timeline.getSnapshot()
  return messages.map((message) => message.content)
}

export function statuses(client: ChatClient, conversation: number): string[] {
  const { messages } = client.thread(conversation).timeline.getSnapshot()
  return messages.map((message) => `${message.content}: ${message.status}`)
}
