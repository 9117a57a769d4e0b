// @vitest-environment happy-dom
import { act, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import type { ChatClient } from '@/client'
import { MessagingProvider } from '@/hooks'
import { violationsIn } from '@/test/axe'
import { settle } from '@/test/ManualClock'
import { asha, binod, Scene } from '@/test/scene'
import { ChatPage } from './ChatPage'

beforeEach(() => {
  localStorage.clear()
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(390)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(56)
})

interface ScreenProps {
  client: ChatClient
  conversation: number | null
  name: string
}

function Screen({ client, conversation, name }: ScreenProps) {
  const [id, setId] = useState(conversation)
  return (
    <MessagingProvider client={client}>
      <section aria-label={name}>
        <ChatPage conversationId={id} onOpen={setId} onClose={() => setId(null)} />
      </section>
    </MessagingProvider>
  )
}

/** Two browsers side by side, in one document. */
async function twoScreens(opened = true) {
  const scene = new Scene()
  const first = scene.open(asha)
  const second = scene.open(binod)
  const conversation = opened ? scene.chat.id : null
  const view = render(
    <>
      <Screen name="first" client={first.client} conversation={conversation} />
      <Screen name="second" client={second.client} conversation={conversation} />
    </>,
  )
  const ready = () => act(settle)
  await ready()
  const inside = (name: string) => within(screen.getByRole('region', { name }))
  return { scene, first, second, ready, inside, view }
}

const field = { name: 'Write a message' }

test('what one writes is on the other screen, once, with ticks for its writer', async () => {
  const { ready, inside } = await twoScreens()
  await userEvent.type(inside('first').getByRole('textbox', field), 'Namaste{Enter}')
  expect(inside('first').getAllByRole('article')).toHaveLength(1)
  await ready()
  expect(within(inside('second').getByRole('feed')).getAllByText('Namaste')).toHaveLength(1)
  expect(inside('first').getAllByRole('article')).toHaveLength(1)
  expect(inside('first').getByRole('textbox', field)).toHaveValue('')
})

test('typing shows on the other screen and ends when the message is sent', async () => {
  const { ready, inside } = await twoScreens()
  const input = inside('first').getByRole('textbox', field)
  await userEvent.type(input, 'Nama')
  await ready()
  const sentences = () =>
    inside('second').queryAllByText('Asha Rai is typing…', { ignore: '[aria-hidden]' })
  // In the list, and below the messages, where it is read aloud.
  expect(sentences()).toHaveLength(2)
  expect(sentences().filter((each) => each.closest('[role=status]'))).toHaveLength(1)
  await userEvent.type(input, 'ste{Enter}')
  await ready()
  expect(sentences()).toEqual([])
})

test('a message written offline waits and is sent once when the network is back', async () => {
  const { scene, first, ready, inside } = await twoScreens()
  first.tab.goOffline()
  for (const session of scene.server.sessions) if (session.user === asha) session.close(1006)
  await ready()
  expect(inside('first').getAllByText('You are offline')).not.toEqual([])
  await userEvent.type(inside('first').getByRole('textbox', field), 'Later{Enter}')
  expect(inside('first').getByRole('img', { name: 'Waiting to be sent' })).toBeInTheDocument()
  first.tab.goOnline()
  await ready()
  expect(within(inside('second').getByRole('feed')).getAllByText('Later')).toHaveLength(1)
})

test('the list opens a conversation and the page has no accessibility faults', async () => {
  const { ready, inside, view } = await twoScreens(false)
  expect(inside('first').getByText('Choose a conversation')).toBeInTheDocument()
  await userEvent.click(inside('first').getByRole('button', { name: /^Binod Thapa/ }))
  await ready()
  expect(inside('first').getByRole('textbox', field)).toBeInTheDocument()
  expect(await violationsIn(view.container.children[0] as Element)).toEqual([])
})
