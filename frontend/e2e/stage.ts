import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { FakeWorld } from './FakeWorld'
import { type Mode, ServerWorld } from './ServerWorld'
import type { World } from './World'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that beeps, and nobody who has to allow it.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]

export interface DemoPerson {
  readonly id: number
  readonly name: string
  readonly role: string
}

const shots = fileURLToPath(new URL('./shots/', import.meta.url))
mkdirSync(shots, { recursive: true })
export const shotPath = (name: string) => `${shots}${name}.png`

/** One world and one Chromium for a file of tests; each browser in it is a profile of its own. */
export class Stage {
  readonly world: World
  readonly #browser: Browser
  readonly #contexts: BrowserContext[] = []
  /** What a page complained about; a test that ends with complaints fails. */
  readonly complaints: string[] = []

  static async open(mode: Mode = 'demo'): Promise<Stage> {
    const binary = process.env.SEWA_BIN
    const world = binary ? await ServerWorld.open(binary, mode) : await FakeWorld.open()
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
    const browser = await chromium.launch({ executablePath, args: flags })
    return new Stage(world, browser)
  }

  private constructor(world: World, browser: Browser) {
    this.world = world
    this.#browser = browser
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    await this.#browser.close()
    await this.world.close()
  }

  async browser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: desktop, ...options })
    context.setDefaultTimeout(20_000)
    await this.world.attach(context)
    this.#contexts.push(context)
    return context
  }

  async page(context: BrowserContext, path = '/'): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', (error) => this.complaints.push(`${path}: ${error.message}`))
    await page.goto(this.world.origin + path)
    return page
  }

  /** A page on which this person is signed in. */
  async signIn(person: DemoPerson, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.page(await this.browser(options))
    await page.getByRole('button', { name: person.name }).click()
    await page.waitForURL(/services|messages/)
    return page
  }

  async people(): Promise<DemoPerson[]> {
    const page = await this.page(await this.browser())
    return page.evaluate(async () => {
      const response = await fetch('/api/demo/')
      return (await response.json()).people.map((each: { user: DemoPerson }) => each.user)
    })
  }

  /** The conversation of a customer with a provider, opened in both browsers. */
  async pair(options: BrowserContextOptions = {}): Promise<Pair> {
    const people = await this.people()
    const customer = personIn(people, 'customer')
    const provider = personIn(people, 'provider')
    const id = await this.#conversation(customer, provider)
    const [first, second] = await Promise.all([
      this.signIn(customer, options),
      this.signIn(provider, options),
    ])
    for (const page of [first, second]) {
      await page.goto(`${this.world.origin}/messages/?conversation=${id}`)
      await composer(page).waitFor()
    }
    return { id, customer, provider, first, second }
  }

  async #conversation(customer: DemoPerson, provider: DemoPerson): Promise<number> {
    const page = await this.page(await this.browser())
    const service_id = await page.evaluate(async (providerId) => {
      const { services } = await (await fetch('/api/demo/')).json()
      return services.find((each: { provider: { id: number } }) => each.provider.id === providerId)
        .id
    }, provider.id)
    const body = {
      service_id,
      provider_id: provider.id,
      initial_message: 'Namaste! Is Saturday free?',
    }
    const created = await this.world.request(customer.id, 'POST', 'conversations/', body)
    return (created as { conversation_id: number }).conversation_id
  }
}

/** Two people in one conversation, for a file of tests. */
export interface Scene {
  readonly stage: Stage
  pair: Pair
}

/** Opens the scene before the tests of a file. A page that complains fails the test in which it does. */
export function openScene(prepare?: (scene: Scene) => Promise<void>): Scene {
  const scene = {} as { stage: Stage; pair: Pair }
  beforeAll(async () => {
    scene.stage = await Stage.open()
    scene.pair = await scene.stage.pair()
    await prepare?.(scene)
  }, 300_000)
  afterEach(() => expect(scene.stage.complaints.splice(0)).toEqual([]))
  afterAll(() => scene.stage?.close())
  return scene
}

export interface Pair {
  readonly id: number
  readonly customer: DemoPerson
  readonly provider: DemoPerson
  readonly first: Page
  readonly second: Page
}

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

function personIn(people: readonly DemoPerson[], role: string): DemoPerson {
  const person = people.find((each) => each.role === role)
  if (!person) throw new Error(`The demonstration has no ${role}.`)
  return person
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Write a message' })
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

export interface ChosenFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** Chooses files and waits until the server has all of them. */
export async function attach(page: Page, files: ChosenFile[]): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles(files)
  const uploads = page.getByRole('list', { name: 'Files to send' })
  await uploads
    .getByRole('listitem')
    .nth(files.length - 1)
    .waitFor()
  await uploads.locator('[data-status=uploading]').first().waitFor({ state: 'detached' })
}

/** Opens the actions of the message with this text and chooses one. */
export async function act(page: Page, text: string, action: string): Promise<void> {
  const message = bubble(page, text).first()
  await message.hover()
  await message.getByRole('button', { name: 'Message actions' }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

/** The message with this text in the list of messages. */
export function bubble(page: Page, text: string): Locator {
  return page.getByRole('feed').getByRole('article').filter({ hasText: text })
}
