import { type FakeConversation, Refusal } from './FakeLog'
import type { FakeServer } from './FakeServer'

type Body = Record<string, unknown>

/** REST of PROTOCOL.md section 8; null is an empty answer. */
export function answerRest(
  server: FakeServer,
  user: number | undefined,
  method: string,
  url: URL,
  body: Body,
): unknown {
  const path = url.pathname.replace('/api/messaging/', '').replace(/\/$/, '')
  if (path === 'health') return { status: 'ok', service: 'sewa', version: 'fake' }
  if (user === undefined) throw new Refusal('unauthorized', 401)
  const query = url.searchParams
  const [resource = '', id = '', action = ''] = path.split('/')
  if (resource === 'sync') return sync(server, user, query)
  if (resource === 'search') return search(server, user, query)
  if (resource === 'messages') return messages(server, user, method, id, action, query, body)
  if (resource !== 'conversations') throw new Refusal('not_found', 404)
  if (id === '') return method === 'POST' ? start(server, user, body) : list(server, user, query)
  const conversation = server.log.get(id, user)
  if (action === 'events') return events(server, conversation, query)
  if (method === 'POST') return act(server, user, conversation, action, body)
  if (method === 'DELETE') {
    conversation.flags.set(user, { ...conversation.flags.get(user), deleted: true })
    const change = { change: 'deleted' }
    server.publish(server.log.appendPersonal(conversation, user, 'conversation', change))
    return null
  }
  const recent = server.log.messagesOf(conversation, user).slice(-10)
  return { ...server.log.describe(conversation, user), messages: recent }
}

function mine(server: FakeServer, user: number): FakeConversation[] {
  const activity = (conversation: FakeConversation) =>
    Number(server.log.messagesOf(conversation, user).at(-1)?.pos ?? 0)
  return [...server.log.conversations.values()]
    .filter((conversation) => conversation.participants.includes(user))
    .filter((conversation) => !conversation.flags.get(user)?.deleted)
    .sort((a, b) => activity(b) - activity(a))
}

function sync(server: FakeServer, user: number, query: URLSearchParams): unknown {
  const limit = Number(query.get('limit') ?? 100)
  const start = Number(query.get('cursor') ?? 0)
  const all = mine(server, user)
  return {
    epoch: server.log.epoch,
    pos: server.log.pos,
    conversations: all.slice(start, start + limit).map((conversation) => ({
      ...server.log.describe(conversation, user),
      latest_messages: server.log.messagesOf(conversation, user).slice(-20),
    })),
    next_cursor: start + limit < all.length ? `${start + limit}` : null,
  }
}

function list(server: FakeServer, user: number, query: URLSearchParams): unknown {
  const all = mine(server, user)
  const size = Number(query.get('page_size') ?? 10)
  const results = all.slice(0, size).map((one) => server.log.describe(one, user))
  return { count: all.length, next: all.length > size ? 'next' : null, previous: null, results }
}

function search(server: FakeServer, user: number, query: URLSearchParams): unknown {
  const wanted = (query.get('q') ?? '').toLowerCase()
  const conversationId = Number(query.get('conversation'))
  const results = mine(server, user)
    .flatMap((conversation) => server.log.messagesOf(conversation, user))
    .filter((data) => !conversationId || data.conversation_id === conversationId)
    .filter((data) => String(data.content).toLowerCase().includes(wanted))
    .map((data) => ({ ...data, highlights: [highlightIn(String(data.content), wanted)] }))
    .reverse()
  const from = Number(query.get('cursor') ?? 0)
  const to = from + searchPageSize
  return { results: results.slice(from, to), next_cursor: to < results.length ? `${to}` : null }
}

const searchPageSize = 20

/** In code points, as the server counts. */
function highlightIn(content: string, wanted: string): [number, number] {
  const begin = [...content.slice(0, content.toLowerCase().indexOf(wanted))].length
  return [begin, begin + [...wanted].length]
}

function events(
  server: FakeServer,
  conversation: FakeConversation,
  query: URLSearchParams,
): unknown {
  const after = Number(query.get('after'))
  const found = conversation.events.filter((event) => event.convSeq > after)
  const limit = Math.min(500, Number(query.get('limit') ?? 500))
  const first = conversation.events[0]?.convSeq ?? conversation.lastSeq + 1
  const isLost = after + 1 < first && after < conversation.lastSeq
  const results = isLost ? [] : found.slice(0, limit).map((event) => event.frame)
  void server
  return {
    results,
    has_more: found.length > results.length,
    last_conv_seq: conversation.lastSeq,
    snapshot_required: isLost,
  }
}

function start(server: FakeServer, user: number, body: Body): unknown {
  const provider = Number(body.provider_id)
  const known = mine(server, user).find((one) => one.participants.includes(provider))
  const conversation = known ?? server.log.addConversation([user, provider])
  const { event } = server.log.post(user, {
    conversation_id: conversation.id,
    content: body.initial_message,
    client_msg_id: body.client_msg_id,
  })
  server.publish(event)
  const described = server.log.describe(conversation, user)
  return { conversation: described, conversation_id: conversation.id, message: event.frame.data }
}

const flagOf: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  archive: { is_archived: true },
  unarchive: { is_archived: false },
  pin: { is_pinned: true },
  unpin: { is_pinned: false },
  mute: { is_muted: true },
  unmute: { is_muted: false },
}

function act(
  server: FakeServer,
  user: number,
  conversation: FakeConversation,
  action: string,
  body: Body,
): unknown {
  if (action === 'mark_as_read') {
    const upTo = Number(body.up_to ?? conversation.lastSeq)
    server.publish(server.log.read(user, conversation, upTo))
    return { status: 'ok' }
  }
  const flags = flagOf[action]
  if (!flags) throw new Refusal('not_found', 404)
  conversation.flags.set(user, { ...conversation.flags.get(user), ...flags })
  const change = { change: `${action}${action.endsWith('e') ? 'd' : ''}` }
  const past: Record<string, string> = { pin: 'pinned', unpin: 'unpinned' }
  const named = { change: past[action] ?? change.change }
  server.publish(server.log.appendPersonal(conversation, user, 'conversation', named))
  return { status: 'ok' }
}

function messages(
  server: FakeServer,
  user: number,
  method: string,
  id: string,
  action: string,
  query: URLSearchParams,
  body: Body,
): unknown {
  const { log } = server
  if (method === 'GET') return history(server, user, query)
  if (id === '') {
    const { event, duplicate } = log.post(user, body)
    if (!duplicate) server.publish(event)
    return { ...event.frame.data, duplicate }
  }
  if (action === 'reactions') {
    server.publish(log.react(user, Number(id), String(body.emoji), String(body.op)))
    return { status: 'ok' }
  }
  if (method === 'PATCH') {
    server.publish(log.edit(user, Number(id), String(body.text)))
    return log.message(user, Number(id)).data
  }
  const scope = body.deletion_type === 'self' ? 'me' : 'all'
  server.publish(log.delete(user, Number(id), scope))
  return null
}

function history(server: FakeServer, user: number, query: URLSearchParams): unknown {
  const conversation = server.log.get(query.get('conversation'), user)
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER)
  const limit = Math.min(100, Number(query.get('limit') ?? 50))
  const older = server.log
    .messagesOf(conversation, user)
    .filter((data) => Number(data.conv_seq) < before)
  return { results: older.slice(-limit), has_more: older.length > limit }
}
