// @vitest-environment happy-dom
import { act, render, renderHook, screen } from '@testing-library/react'
import { memo, type ReactNode, StrictMode } from 'react'
import { describe, expect, test } from 'vitest'
import type { ChatClient, ConversationId, Message } from '../client'
import { MessagingProvider } from '../providers/MessagingProvider'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene } from '../test/scene'
import { useConversations } from './useConversations'
import { useMessages } from './useMessages'
import { useSearch } from './useSearch'
import { useSession } from './useSession'
import { useUnread } from './useUnread'
import { useUpload } from './useUpload'
import {
  useOnlineStatus,
  useRealtimeMessaging,
  useTypingIndicator,
  useWebSocket,
} from './useWebSocket'

function inside(client: ChatClient) {
  return function Provider({ children }: { children: ReactNode }) {
    return (
      <StrictMode>
        <MessagingProvider client={client}>{children}</MessagingProvider>
      </StrictMode>
    )
  }
}

const turn = () => act(settle)

describe('useWebSocket', () => {
  test('connects on mount, tells its state, sends and listens', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const frames: string[] = []
    const { result } = renderHook(
      () => useWebSocket({ onMessage: (frame) => frames.push(frame.type) }),
      { wrapper: inside(client) },
    )
    expect(result.current).toMatchObject({ isConnected: false })
    await turn()
    expect(result.current).toMatchObject({
      connectionStatus: 'connected',
      isConnected: true,
      isConnecting: false,
      error: null,
    })
    expect(frames).toContain('connection')
    act(() => void result.current.sendMessage({ type: 'heartbeat' }))
    await turn()
    expect(frames.at(-1)).toBe('heartbeat')
  })

  test('StrictMode and many hooks make one connection, and unmounting ends it', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const { unmount } = renderHook(
      () => [useWebSocket(), useWebSocket(), useRealtimeMessaging({ conversationId: 1 })],
      { wrapper: inside(client) },
    )
    await turn()
    expect(scene.server.connects).toBe(1)
    unmount()
    await act(() => scene.clock.advance(1_500))
    expect(scene.server.sessions.size).toBe(0)
    expect(scene.clock.timers).toBe(0)
  })

  test('disconnect and connect', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const { result } = renderHook(() => useWebSocket(), { wrapper: inside(client) })
    await turn()
    act(() => result.current.disconnect())
    await turn()
    expect(result.current.connectionStatus).toBe('disconnected')
    expect(scene.server.sessions.size).toBe(0)
    act(() => result.current.connect())
    await turn()
    expect(result.current.isConnected).toBe(true)
  })

  test('tells the app of connects, disconnects and errors', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const told: string[] = []
    renderHook(
      () =>
        useWebSocket({
          onConnect: () => told.push('connect'),
          onDisconnect: () => told.push('disconnect'),
          onError: (error) => told.push(error.code),
        }),
      { wrapper: inside(client) },
    )
    await turn()
    act(() => scene.server.closeAll(4503))
    await turn()
    expect(told).toEqual(['connect', 'disconnect', 'forbidden'])
  })

  test('without a provider, equal url and user share one connection', async () => {
    const scene = new Scene()
    const { environment } = scene.browser(asha).openTab()
    const options = {
      url: 'ws://fake/ws/messaging/',
      apiUrl: 'http://fake',
      userId: asha,
      token: scene.server.tokenFor(asha),
      environment,
    }
    const first = renderHook(() => useWebSocket(options))
    const second = renderHook(() =>
      useRealtimeMessaging({ ...options, conversationId: scene.chat.id }),
    )
    await turn()
    expect(first.result.current.isConnected).toBe(true)
    expect(second.result.current.isConnected).toBe(true)
    expect(scene.server.connects).toBe(1)
    first.unmount()
    await act(() => scene.clock.advance(2_000))
    expect(second.result.current.isConnected).toBe(true)
    second.unmount()
    await act(() => scene.clock.advance(2_000))
    expect(scene.server.sessions.size).toBe(0)
  })

  test('reconnectAttempts, reconnectInterval and heartbeatInterval reach the connection', async () => {
    const scene = new Scene()
    const { environment } = scene.browser(asha).openTab()
    const options = { url: 'ws://fake/options', userId: asha, environment, apiUrl: 'http://fake' }
    const token = scene.server.tokenFor(asha)
    const limits = { reconnectAttempts: 2, reconnectInterval: 10, heartbeatInterval: 5_000 }
    const { result, unmount } = renderHook(() => useWebSocket({ ...options, ...limits, token }))
    await turn()
    await act(() => scene.clock.advance(5_100))
    const [session] = scene.server.sessionsOf(asha)
    expect(session?.received.filter(({ type }) => type === 'heartbeat')).toHaveLength(1)
    scene.server.sockets = 'blocked'
    act(() => scene.server.closeAll(1006))
    await act(() => scene.clock.advance(40))
    expect(result.current).toMatchObject({ connectionStatus: 'error', isConnecting: false })
    expect(result.current.error?.code).toBe('network')
    unmount()
  })

  test('autoConnect false waits for connect', async () => {
    const scene = new Scene()
    const { environment } = scene.browser(asha).openTab()
    const options = { url: 'ws://fake/other', userId: asha, autoConnect: false, environment }
    const getToken = async () => scene.server.tokenFor(asha)
    const { result } = renderHook(() => useWebSocket({ ...options, getToken }))
    await turn()
    expect(result.current.connectionStatus).toBe('disconnected')
    act(() => result.current.connect())
    await turn()
    expect(result.current.isConnected).toBe(true)
    act(() => result.current.disconnect())
  })
})

describe('useRealtimeMessaging', () => {
  test('messages, sendChatMessage and onMessage', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const heard: string[] = []
    const { result } = renderHook(
      () =>
        useRealtimeMessaging({
          conversationId: scene.chat.id,
          onMessage: (message) => heard.push(message.content),
        }),
      { wrapper: inside(client) },
    )
    await turn()
    act(() => void result.current.sendChatMessage('hello'))
    expect(result.current.messages.map((message) => message.status)).toEqual(['sending'])
    scene.server.say(binod, scene.chat.id, 'hi')
    await turn()
    expect(result.current.messages.map((message) => message.content).sort()).toEqual([
      'hello',
      'hi',
    ])
    expect(heard.sort()).toEqual(['hello', 'hi'])
  })

  test('the functions never change', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const functionsOf = (result: object) =>
      Object.values(result).filter((value) => typeof value === 'function')
    const { result } = renderHook(
      () => ({
        ...useWebSocket(),
        ...useRealtimeMessaging({ conversationId: scene.chat.id }),
        ...useTypingIndicator(scene.chat.id),
        ...useOnlineStatus(),
        ...useConversations(),
        ...useUnread(),
        ...useUpload(),
        ...useSearch(),
      }),
      { wrapper: inside(client) },
    )
    const before = functionsOf(result.current)
    expect(before.length).toBeGreaterThan(25)
    await turn()
    scene.server.say(binod, scene.chat.id, 'hi')
    act(() => void result.current.sendChatMessage('hello'))
    await turn()
    expect(functionsOf(result.current)).toEqual(before)
    functionsOf(result.current).forEach((value, index) => {
      expect(value).toBe(before[index])
    })
  })

  test('changing the conversation changes the messages; none is an empty list', async () => {
    const scene = new Scene()
    const other = scene.server.log.addConversation([asha, binod])
    scene.server.say(binod, scene.chat.id, 'here')
    scene.server.say(binod, other.id, 'there')
    const { client } = scene.open(asha)
    const { result, rerender } = renderHook(
      ({ id }: { id: ConversationId | null }) => useMessages(id),
      { wrapper: inside(client), initialProps: { id: scene.chat.id as ConversationId | null } },
    )
    await turn()
    expect(result.current.messages.map((message) => message.content)).toEqual(['here'])
    rerender({ id: other.id })
    expect(result.current.messages.map((message) => message.content)).toEqual(['there'])
    rerender({ id: null })
    expect(result.current.messages).toEqual([])
    expect(result.current.send('nowhere')).toBe('')
  })
})

describe('useTypingIndicator and useOnlineStatus', () => {
  test('typing of others and of oneself', async () => {
    const scene = new Scene()
    const a = scene.open(asha)
    const b = await scene.enter(binod)
    const { result } = renderHook(() => useTypingIndicator(scene.chat.id), {
      wrapper: inside(a.client),
    })
    await turn()
    await turn()
    b.client.thread(scene.chat.id).keystroke()
    await turn()
    expect(result.current.typingUsers.map((typist) => typist.user_name)).toEqual(['Binod Thapa'])
    expect(result.current.isUserTyping(binod)).toBe(true)
    act(() => result.current.sendTypingStatus(true))
    await turn()
    const seen = b.client.thread(scene.chat.id).typists.getSnapshot()
    expect(seen.map((typist) => typist.user_id)).toEqual([asha])
    act(() => result.current.sendTypingStatus(false))
    await turn()
    expect(b.client.thread(scene.chat.id).typists.getSnapshot()).toEqual([])
  })

  test('who is online and when somebody was last seen', async () => {
    const scene = new Scene()
    const a = scene.open(asha)
    const b = await scene.enter(binod)
    const { result } = renderHook(() => useOnlineStatus({ userIds: [binod] }), {
      wrapper: inside(a.client),
    })
    await turn()
    expect(result.current.isUserOnline(binod)).toBe(true)
    expect(result.current.onlineUsers.map((user) => user.user_name)).toEqual(['Binod Thapa'])
    act(() => b.client.stop())
    await turn()
    expect(result.current.isUserOnline(binod)).toBe(false)
    expect(result.current.lastSeen(binod)).not.toBeNull()
  })
})

describe('lists', () => {
  test('conversations, unread and who I am', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const { result } = renderHook(
      () => ({ list: useConversations(), unread: useUnread(), session: useSession() }),
      { wrapper: inside(client) },
    )
    await turn()
    scene.server.say(binod, scene.chat.id, 'one')
    await turn()
    expect(result.current.list.conversations.map(({ id }) => id)).toEqual([scene.chat.id])
    expect(result.current.unread.total).toBe(1)
    expect(result.current.unread.unreadIn(scene.chat.id)).toBe(1)
    expect(result.current.session).toMatchObject({ userId: asha, me: { full_name: 'Asha Rai' } })
  })
})

describe('renders', () => {
  test('a received message costs one render of the list and none of the other bubbles', async () => {
    const scene = new Scene()
    for (let n = 0; n < 20; n += 1) scene.server.say(binod, scene.chat.id, `message ${n}`)
    const { client } = scene.open(asha)
    let listRenders = 0
    const bubbles: string[] = []
    const Bubble = memo(({ message }: { message: Message }) => {
      bubbles.push(message.content)
      return <li>{message.content}</li>
    })
    function List() {
      listRenders += 1
      const { messages } = useMessages(scene.chat.id)
      return (
        <ul>
          {messages.map((message) => (
            <Bubble key={message.key} message={message} />
          ))}
        </ul>
      )
    }
    render(
      <MessagingProvider client={client}>
        <List />
      </MessagingProvider>,
    )
    await turn()
    await act(() => scene.clock.advance(2_000))
    expect(screen.getAllByRole('listitem')).toHaveLength(20)
    listRenders = 0
    bubbles.length = 0
    scene.server.say(binod, scene.chat.id, 'new')
    await turn()
    expect({ listRenders, bubbles }).toEqual({ listRenders: 1, bubbles: ['new'] })
    const typing = { conversation_id: scene.chat.id, user_id: binod, is_typing: true }
    scene.server.sendAll({ type: 'typing', data: typing })
    scene.server.sendAll({ type: 'status', data: { user_id: binod, is_online: true } })
    await turn()
    expect(listRenders).toBe(1)
  })

  test('a thousand mounts and unmounts leave no listener and no timer', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const release = client.retain()
    await turn()
    await act(() => scene.clock.advance(2_000))
    const before = scene.clock.timers
    for (let times = 0; times < 1_000; times += 1) {
      renderHook(() => useRealtimeMessaging({ conversationId: scene.chat.id }), {
        wrapper: inside(client),
      }).unmount()
    }
    await act(() => scene.clock.advance(2_000))
    expect(scene.clock.timers).toBe(before)
    expect(scene.server.connects).toBe(1)
    release()
  })
})

test('a new token is used by the next connection', async () => {
  const scene = new Scene()
  const { environment } = scene.browser(asha).openTab()
  const options = { url: 'ws://fake/', apiUrl: 'http://fake', userId: asha, environment }
  const first = scene.server.tokenFor(asha)
  const view = render(
    <MessagingProvider {...options} token={first}>
      chat
    </MessagingProvider>,
  )
  await turn()
  scene.server.validTokens.delete(first)
  const second = scene.server.tokenFor(asha)
  view.rerender(
    <MessagingProvider {...options} token={second}>
      chat
    </MessagingProvider>,
  )
  act(() => scene.server.closeAll(1006))
  await act(() => scene.clock.advance(2_000))
  expect([...scene.server.sessions].map((session) => session.token)).toEqual([second])
})
