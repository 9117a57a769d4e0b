import type { Channel, Environment } from './environment'

export interface ElectionOptions<Message> {
  readonly environment: Environment
  /** Shared by the tabs that elect. */
  readonly name: string
  readonly onLead: () => void
  readonly onFollow: () => void
  readonly onMessage: (message: Message) => void
  /** Asks whether somebody leads who is awake. */
  readonly hello: Message
}

/**
 * The tabs elect one that owns the connection: whoever holds the lock. A leader that does not answer a
 * visible tab is asleep (phones freeze background tabs), and the lock is taken from it. Without locks or
 * channels every tab leads itself.
 */
export interface Election<Message> {
  start(): void
  isLeader(): boolean
  post(message: Message): void
  hello(): void
  /** Something was said that the leader has to answer. */
  expectAnswer(): void
  /** The leader was heard. */
  answered(): void
  stop(): void
}

const answerWithinMs = 4_000

export function holdElection<Message>(options: ElectionOptions<Message>): Election<Message> {
  const { environment, name } = options
  const { tabs, after, isHidden } = environment
  let channel: Channel | null = null
  let isLeader = false
  let release = () => {}
  let stopWaiting = () => {}

  const expectAnswer = () => {
    stopWaiting()
    if (!isLeader && !isHidden()) stopWaiting = after(answerWithinMs, () => request(true))
  }
  const post = (message: Message) => channel?.post(message)
  const hello = () => {
    if (isLeader || isHidden()) return
    post(options.hello)
    expectAnswer()
  }
  const lead = () => {
    isLeader = true
    stopWaiting()
    options.onLead()
  }
  const lose = () => {
    isLeader = false
    options.onFollow()
    request(false)
    hello()
  }
  const request = (steal: boolean) => {
    release()
    release = tabs?.lock(name, steal, lead, lose) ?? release
  }
  return {
    start() {
      if (!tabs) return lead()
      channel = tabs.channel(name, (message) => options.onMessage(message as Message))
      request(false)
      hello()
    },
    isLeader: () => isLeader,
    post,
    hello,
    expectAnswer,
    answered: () => stopWaiting(),
    stop() {
      isLeader = false
      stopWaiting()
      release()
      channel?.close()
    },
  }
}
