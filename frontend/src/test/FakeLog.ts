/** The durable half of the server: conversations, their events, and the rules of PROTOCOL.md sections 3 and 4. */
export interface FakePerson {
  readonly id: number
  readonly name: string
  readonly full_name: string
  readonly first_name: string
  readonly last_name: string
  readonly avatar: string | null
  readonly role: string
}

export interface FakeFrame {
  readonly type: string
  readonly id?: string
  readonly data: Record<string, unknown>
}

export interface FakeEvent {
  readonly pos: number
  readonly convSeq: number
  readonly audience: readonly number[]
  readonly frame: FakeFrame
}

export interface FakeConversation {
  readonly id: number
  readonly participants: number[]
  readonly kind: 'direct' | 'group'
  title: string
  events: FakeEvent[]
  lastSeq: number
  isActive: boolean
  readonly flags: Map<number, Record<string, boolean>>
  readonly markers: Map<number, { read: number; delivered: number }>
}

export interface FakeMessage {
  readonly data: Record<string, unknown>
  readonly hiddenFor: Set<number>
}

export class Refusal extends Error {
  readonly code: string
  readonly status: number
  readonly extra: Record<string, unknown>

  constructor(code: string, status: number, extra: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.status = status
    this.extra = extra
  }
}

export class FakeLog {
  epoch = 'e1'
  pos = 100
  /** Events at or below this position are no longer on the log. */
  horizon = 0
  readonly people = new Map<number, FakePerson>()
  readonly conversations = new Map<number, FakeConversation>()
  readonly messages = new Map<number, FakeMessage>()
  readonly events: FakeEvent[] = []
  readonly #keys = new Map<string, FakeEvent & { readonly body: string }>()
  readonly #now: () => number
  #nextId = 1

  constructor(now: () => number) {
    this.#now = now
  }

  time(): string {
    return new Date(this.#now()).toISOString()
  }

  addPerson(id: number, name: string, role = 'customer'): FakePerson {
    const [first_name = name, last_name = ''] = name.split(' ')
    const person = { id, name, full_name: name, first_name, last_name, avatar: null, role }
    this.people.set(id, person)
    return person
  }

  addConversation(participants: number[], title = ''): FakeConversation {
    const conversation: FakeConversation = {
      id: this.#nextId++,
      participants,
      kind: participants.length === 2 ? 'direct' : 'group',
      title,
      events: [],
      lastSeq: 0,
      isActive: true,
      flags: new Map(),
      markers: new Map(participants.map((id) => [id, { read: 0, delivered: 0 }])),
    }
    this.conversations.set(conversation.id, conversation)
    this.append(conversation, participants[0] ?? 0, 'conversation', { change: 'created' })
    return conversation
  }

  get(id: unknown, user: number): FakeConversation {
    const conversation = this.conversations.get(Number(id))
    if (!conversation?.participants.includes(user)) throw new Refusal('not_found', 404)
    return conversation
  }

  /** M-1, M-2, M-6, M-10. */
  post(user: number, body: Record<string, unknown>): { event: FakeEvent; duplicate: boolean } {
    const conversation = this.get(body.conversation_id ?? body.conversation, user)
    const content = String(body.content ?? body.text ?? '').trim()
    const attachments = (body.attachments ?? []) as number[]
    const key = body.client_msg_id as string | undefined
    const fingerprint = JSON.stringify([content, body.reply_to ?? null, attachments])
    const stored = key && this.#keys.get(`${conversation.id}:${user}:${key}`)
    if (stored) {
      if (stored.body !== fingerprint) throw new Refusal('conflict', 409)
      return { event: stored, duplicate: true }
    }
    if (!conversation.isActive) throw new Refusal('conversation_closed', 403)
    if (content === '' && attachments.length === 0) throw new Refusal('bad_request', 400)
    if ([...content].length > 5000) throw new Refusal('too_large', 413, { field: 'content' })
    const event = this.append(conversation, user, 'message', {
      id: this.#nextId++,
      conversation: conversation.id,
      client_msg_id: key ?? null,
      content,
      text: content,
      sender: this.people.get(user),
      message_type: 'text',
      status: 'sent',
      reply_to: body.reply_to ?? null,
      attachments: attachments.map((id) => fakeAttachment(id)),
      timestamp: this.time(),
    })
    this.messages.set(Number(event.frame.data.id), {
      data: { ...event.frame.data, reactions: [], rev: 0, edited_at: null, is_deleted: false },
      hiddenFor: new Set(),
    })
    if (key) this.#keys.set(`${conversation.id}:${user}:${key}`, { ...event, body: fingerprint })
    return { event, duplicate: false }
  }

  edit(user: number, id: number, content: string): FakeEvent {
    const message = this.own(user, id)
    const rev = Number(message.data.rev) + 1
    Object.assign(message.data, { content, text: content, rev, edited_at: this.time() })
    const { edited_at } = message.data
    const change = { id, content, text: content, rev, edited_at }
    return this.append(this.#conversationOf(message), user, 'message_updated', change)
  }

  delete(user: number, id: number, scope: 'me' | 'all'): FakeEvent {
    const message = scope === 'all' ? this.own(user, id) : this.message(user, id)
    const conversation = this.#conversationOf(message)
    if (scope === 'me') {
      message.hiddenFor.add(user)
      return this.appendPersonal(conversation, user, 'message_deleted', { id, scope })
    }
    const gone = { content: '', text: '', is_deleted: true, message_type: 'deleted' }
    Object.assign(message.data, gone)
    for (const event of conversation.events) {
      if (event.frame.type === 'message' && event.frame.data.id === id) {
        Object.assign(event.frame.data, { content: '', text: '', message_type: 'deleted' })
      }
    }
    return this.append(conversation, user, 'message_deleted', { id, message_id: id, scope })
  }

  /** M-8: undefined when nothing changes. */
  react(user: number, id: number, emoji: string, op: string): FakeEvent | undefined {
    const message = this.message(user, id)
    const reactions = message.data.reactions as { emoji: string; user_ids: number[] }[]
    const known = reactions.find((reaction) => reaction.emoji === emoji)
    const has = known?.user_ids.includes(user) ?? false
    if (has === (op === 'add')) return undefined
    const user_ids = (known?.user_ids ?? []).filter((other) => other !== user)
    if (op === 'add') user_ids.push(user)
    const others = reactions.filter((reaction) => reaction !== known)
    message.data.reactions = user_ids.length > 0 ? [...others, { emoji, user_ids }] : others
    const change = { message_id: id, emoji, op }
    return this.append(this.#conversationOf(message), user, 'reaction', change)
  }

  /** M-9. */
  read(user: number, conversation: FakeConversation, upTo: number): FakeEvent | undefined {
    const marker = conversation.markers.get(user) ?? { read: 0, delivered: 0 }
    const up_to = Math.min(upTo, conversation.lastSeq)
    if (up_to <= marker.read) return undefined
    const delivered = Math.max(marker.delivered, up_to)
    conversation.markers.set(user, { read: up_to, delivered })
    return this.append(conversation, user, 'read', { up_to })
  }

  message(user: number, id: number): FakeMessage {
    const message = this.messages.get(id)
    if (!message) throw new Refusal('not_found', 404)
    this.get(message.data.conversation_id, user)
    return message
  }

  own(user: number, id: number): FakeMessage {
    const message = this.message(user, id)
    if ((message.data.sender as FakePerson).id !== user) throw new Refusal('forbidden', 403)
    return message
  }

  append(
    conversation: FakeConversation,
    user: number,
    type: string,
    data: Record<string, unknown>,
  ): FakeEvent {
    this.pos += 3
    const conv_seq = ++conversation.lastSeq
    const head = { conversation_id: conversation.id, conv_seq, pos: this.pos, user_id: user }
    const frame = { type, data: { ...data, ...head, created_at: this.time() } }
    const { pos } = this
    const event = { pos, convSeq: conv_seq, audience: [...conversation.participants], frame }
    conversation.events.push(event)
    this.events.push(event)
    return event
  }

  appendPersonal(
    conversation: FakeConversation,
    user: number,
    type: string,
    data: Record<string, unknown>,
  ): FakeEvent {
    this.pos += 3
    const head = { conversation_id: conversation.id, pos: this.pos, user_id: user }
    const frame = { type, data: { ...data, ...head, created_at: this.time() } }
    const event = { pos: this.pos, convSeq: 0, audience: [user], frame }
    this.events.push(event)
    return event
  }

  /** forgets everything up to now. */
  expire(): void {
    this.horizon = this.pos
    this.events.length = 0
    for (const conversation of this.conversations.values()) conversation.events = []
  }

  messagesOf(conversation: FakeConversation, user: number): Record<string, unknown>[] {
    return [...this.messages.values()]
      .filter((message) => message.data.conversation_id === conversation.id)
      .filter((message) => !message.hiddenFor.has(user))
      .map((message) => message.data)
  }

  unread(conversation: FakeConversation, user: number): number {
    const readUpTo = conversation.markers.get(user)?.read ?? 0
    return this.messagesOf(conversation, user).filter(
      (data) =>
        Number(data.conv_seq) > readUpTo &&
        (data.sender as FakePerson).id !== user &&
        !data.is_deleted,
    ).length
  }

  describe(conversation: FakeConversation, user: number): Record<string, unknown> {
    const people = conversation.participants.map((id) => this.people.get(id))
    const last = this.messagesOf(conversation, user).at(-1)
    const marker = conversation.markers.get(user) ?? { read: 0, delivered: 0 }
    const isDirect = conversation.kind === 'direct'
    return {
      id: conversation.id,
      kind: conversation.kind,
      title: conversation.title,
      participants: people,
      service: null,
      provider: people[1] ?? null,
      customer: people[0] ?? null,
      other_participant: isDirect ? people.find((person) => person?.id !== user) : null,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: last?.created_at ?? '2026-01-01T00:00:00.000Z',
      last_message_at: last?.created_at ?? null,
      last_message_preview: last?.content ?? '',
      last_message: last ?? null,
      is_active: conversation.isActive,
      is_blocked: false,
      is_archived: false,
      is_pinned: false,
      is_muted: false,
      unread_count: this.unread(conversation, user),
      last_conv_seq: conversation.lastSeq,
      read_up_to: marker.read,
      delivered_up_to: marker.delivered,
      read_markers: [...conversation.markers].map(([user_id, { read, delivered }]) => ({
        user_id,
        read_up_to: read,
        delivered_up_to: delivered,
      })),
      ...conversation.flags.get(user),
    }
  }

  #conversationOf(message: FakeMessage): FakeConversation {
    const conversation = this.conversations.get(Number(message.data.conversation_id))
    if (!conversation) throw new Refusal('not_found', 404)
    return conversation
  }
}

function fakeAttachment(id: number): Record<string, unknown> {
  const url = `/api/messaging/attachments/${id}/`
  return { id, url, name: `file-${id}.png`, content_type: 'image/png', size: 1 }
}
