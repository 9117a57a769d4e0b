import { flag, int, list, object, or, text } from './check'
import { type Credentials, isSignInError, networkError, RequestError } from './credentials'
import type { Environment } from './environment'
import { type ErrorCode, retryableErrors } from './errors.gen'
import {
  type ConversationPage,
  conversationPage,
  type EventFrame,
  isEvent,
  readFrame,
  type WireMessage,
  wireMessage,
  wireMessages,
} from './frames'
import type { ClientError, ConversationId, MessageId, UserId } from './types'

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Page<Item> {
  readonly results: readonly Item[]
  readonly hasMore: boolean
}

export interface SyncPage {
  readonly epoch: string
  readonly pos: number
  readonly conversations: readonly ConversationPage[]
  readonly next_cursor: string | null
}

export interface EventPage extends Page<EventFrame> {
  readonly snapshotRequired: boolean
}

export interface NewMessage {
  readonly conversation: ConversationId
  readonly text: string
  readonly client_msg_id?: string
  readonly reply_to?: MessageId | null
  readonly attachments?: readonly number[]
}

const syncPage = object({
  epoch: text,
  pos: int,
  conversations: list(conversationPage),
  next_cursor: (value) => (value === null || value === undefined ? null : `${value}`),
})
const eventPage = object({
  results: list((value) => {
    const frame = readFrame(value)
    return frame && isEvent(frame) ? frame : undefined
  }),
  has_more: flag,
  snapshot_required: flag,
})
const conversationList = object({ next: or(text, null), results: list(conversationPage) })
const messageList = object({ results: wireMessages, has_more: flag, next: or(text, null) })
const failure = object({
  code: or(text, null),
  message: or(text, ''),
  field: or(text, null),
  retry_after_ms: or(int, null),
})

/** REST of docs/PROTOCOL.md section 8. Everything rejects with a RequestError. */
export class Api {
  readonly #environment: Environment
  readonly #credentials: Credentials
  readonly #origin: string

  constructor(environment: Environment, credentials: Credentials, origin: string) {
    this.#environment = environment
    this.#credentials = credentials
    this.#origin = origin.replace(/\/+$/, '')
  }

  /** Whether the server answers at all. */
  async health(): Promise<boolean> {
    return this.#fetch('health/', { method: 'GET' }).then(
      (response) => response.ok,
      () => false,
    )
  }

  async sync(limit: number, cursor: string | null): Promise<SyncPage> {
    return read(syncPage, await this.request('GET', 'sync/', { query: { limit, cursor } }))
  }

  async conversations(query: Query): Promise<Page<ConversationPage>> {
    const answer = read(conversationList, await this.request('GET', 'conversations/', { query }))
    return { results: answer.results, hasMore: answer.next !== null }
  }

  async conversation(id: ConversationId): Promise<ConversationPage> {
    return read(conversationPage, await this.request('GET', `conversations/${id}/`))
  }

  async startConversation(body: {
    readonly service_id: number
    readonly provider_id: UserId
    readonly initial_message: string
    readonly client_msg_id?: string
  }): Promise<ConversationId> {
    const created = object({ conversation_id: int })
    return read(created, await this.request('POST', 'conversations/', { body })).conversation_id
  }

  /** archive, unarchive, pin, unpin, mute, unmute: for this user only. */
  async act(id: ConversationId, action: string, body: object = {}): Promise<void> {
    await this.request('POST', `conversations/${id}/${action}/`, { body })
  }

  async deleteConversation(id: ConversationId): Promise<void> {
    await this.request('DELETE', `conversations/${id}/`)
  }

  async events(id: ConversationId, after: number): Promise<EventPage> {
    const query = { after, limit: 500 }
    const answer = read(
      eventPage,
      await this.request('GET', `conversations/${id}/events/`, { query }),
    )
    return {
      results: answer.results,
      hasMore: answer.has_more,
      snapshotRequired: answer.snapshot_required,
    }
  }

  async history(
    conversation: ConversationId,
    before: number,
    limit: number,
  ): Promise<Page<WireMessage>> {
    const query = { conversation, before, limit }
    const answer = read(messageList, await this.request('GET', 'messages/', { query }))
    return { results: answer.results, hasMore: answer.has_more }
  }

  async postMessage(body: NewMessage): Promise<WireMessage> {
    return read(wireMessage, await this.request('POST', 'messages/', { body }))
  }

  async editMessage(id: MessageId, content: string): Promise<void> {
    await this.request('PATCH', `messages/${id}/`, { body: { text: content } })
  }

  async deleteMessage(id: MessageId, scope: 'me' | 'all'): Promise<void> {
    const body = { deletion_type: scope === 'all' ? 'everyone' : 'self' }
    await this.request('DELETE', `messages/${id}/`, { body })
  }

  async react(id: MessageId, emoji: string, op: 'add' | 'remove'): Promise<void> {
    await this.request('POST', `messages/${id}/reactions/`, { body: { emoji, op } })
  }

  /** The parsed body, null when there is none. A token that has ended is renewed and the request repeated once. */
  async request(
    method: string,
    path: string,
    options: { readonly query?: Query; readonly body?: object } = {},
  ): Promise<unknown> {
    const token = await this.#credentials.get()
    try {
      return await this.#requestWith(token, method, path, options)
    } catch (reason) {
      if (!(reason instanceof RequestError) || !isSignInError(reason)) throw reason
      this.#credentials.expire(token)
      return this.#requestWith(await this.#credentials.get(), method, path, options)
    }
  }

  async #requestWith(
    token: string | null,
    method: string,
    path: string,
    { query, body }: { readonly query?: Query; readonly body?: object },
  ): Promise<unknown> {
    const headers: Record<string, string> = {}
    if (token !== null) headers.authorization = `Bearer ${token}`
    if (body) headers['content-type'] = 'application/json'
    const init: RequestInit = { method, headers }
    if (body) init.body = JSON.stringify(body)
    const response = await this.#fetch(path + encodeQuery(query), init)
    const answer: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new RequestError(readFailure(response, answer))
    return answer
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const base = path.startsWith('/') ? '' : '/api/messaging/'
    try {
      return await this.#environment.fetch(this.#origin + base + path, init)
    } catch {
      throw new RequestError(networkError)
    }
  }
}

function encodeQuery(query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) search.set(key, `${value}`)
  }
  const encoded = search.toString()
  return encoded && `?${encoded}`
}

/** Rejects what does not pass. */
export function read<Value>(check: (value: unknown) => Value | undefined, answer: unknown): Value {
  const value = check(answer)
  if (value !== undefined) return value
  throw new RequestError({
    code: 'internal',
    message: 'The server gave an answer that makes no sense here.',
    retryable: true,
  })
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  429: 'rate_limited',
}

/** From an answer that is not 2xx; a proxy on the way may have written something else than JSON. */
export function readFailure(
  response: { readonly status: number; readonly headers: Headers },
  answer: unknown,
): ClientError {
  const { status } = response
  const body = failure(answer)
  const code = body?.code ?? codeOfStatus[status] ?? 'internal'
  const seconds = Number(response.headers.get('retry-after'))
  const retryAfterMs = body?.retry_after_ms ?? (seconds > 0 ? seconds * 1000 : null)
  return {
    code: code as ErrorCode,
    message: body?.message || `The server answered ${status}.`,
    retryable: retryableErrors.has(code) || status >= 500,
    ...(body?.field ? { field: body.field } : {}),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  }
}
