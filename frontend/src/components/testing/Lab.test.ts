// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { settle } from '@/test/ManualClock'
import { asha, binod, Scene } from '@/test/scene'
import { Lab } from './Lab'
import { verdictOf } from './LedgerPanel'

async function bench() {
  const scene = new Scene()
  const { environment } = scene.browser(asha).openTab()
  const lab = new Lab({
    url: 'ws://fake/ws/messaging/',
    apiUrl: 'http://fake',
    userId: asha,
    tokenOf: async (id) => scene.server.tokenFor(id),
    expireToken: () => scene.server.expireTokens(),
    environment,
  })
  const close = lab.open()
  lab.peer(binod)
  await settle()
  const conversation = scene.chat.id
  lab.state.getSnapshot().subject.thread(conversation).retain()
  const tab = () => lab.state.getSnapshot().tab
  const network = () => tab().network
  const pass = (ms: number) => scene.clock.advance(ms)
  const ledger = async () => {
    await lab.check(conversation)
    return lab.state.getSnapshot().ledger
  }
  return { lab, conversation, tab, network, pass, ledger, close }
}

type Bench = Awaited<ReturnType<typeof bench>>

const faults: [string, (bench: Bench) => Promise<void> | void][] = [
  ['nothing', () => undefined],
  ['a cut', ({ network }) => network().cut()],
  ['duplicated frames', ({ network }) => network().set({ isDuplicating: true })],
  ['an ended token', ({ lab }) => lab.expireToken()],
  ['a killed tab', ({ lab }) => lab.killTab()],
  [
    'a frozen network',
    async ({ network, pass }) => {
      network().set({ isFrozen: true })
      await pass(5_000)
      network().set({ isFrozen: false })
    },
  ],
  [
    'a blocked WebSocket',
    async ({ network, pass }) => {
      network().set({ isBlocked: true })
      network().cut()
      await pass(120_000)
      network().set({ isBlocked: false })
    },
  ],
]

test.each(faults)('with %s, sent = stored = delivered = shown', async (_, fault) => {
  const here = await bench()
  const send = (text: string) => here.lab.send(here.conversation, text)
  send('one')
  send('two')
  await fault(here)
  send('three')
  await here.pass(180_000)
  expect(await here.ledger()).toEqual({
    sent: 3,
    stored: 3,
    delivered: 3,
    shown: 3,
    doubled: 0,
  })
  expect(verdictOf(await here.ledger())).toBe('equal')
  here.close()
})

test('the panel tells equal, waiting and doubled apart', () => {
  const all = { sent: 2, stored: 2, delivered: 2, shown: 2, doubled: 0 }
  expect(verdictOf(all)).toBe('equal')
  expect(verdictOf({ ...all, delivered: 1 })).toBe('waiting')
  expect(verdictOf({ ...all, doubled: 1 })).toBe('doubled')
  expect(verdictOf({ sent: 0, stored: 0, delivered: 0, shown: 0, doubled: 0 })).toBe('idle')
})

test('the record of frames is bounded and holds types, not contents', async () => {
  const { lab, conversation, tab, pass, close } = await bench()
  for (let index = 0; index < 120; index += 1) lab.send(conversation, `secret ${index}`)
  await pass(60_000)
  const { frames, sent } = tab().traffic.getSnapshot()
  expect(sent).toBeGreaterThanOrEqual(120)
  expect(frames).toHaveLength(100)
  expect(JSON.stringify(frames)).not.toContain('secret')
  close()
})
