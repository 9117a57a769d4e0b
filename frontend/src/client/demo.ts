import { int, list, object, or, text } from './check'
import { RequestError, toClientError } from './credentials'
import { person, service } from './frames'
import type { Person, Service } from './types'

export interface DemoService extends Service {
  readonly provider: Person | null
}

export interface DemoCatalogue {
  readonly people: readonly Person[]
  readonly services: readonly DemoService[]
}

export interface SignIn {
  readonly access: string
  readonly expires_in: number
  readonly user: Person
}

const catalogue = object({
  people: list(person),
  services: list((value) => {
    const known = service(value)
    const offer = object({ provider: or(person, null) })(value)
    return known && offer && { ...known, ...offer }
  }),
})
const signIn = object({ access: text, expires_in: or(int, 3600), user: person })

/** null: this server is not in demo mode. */
export async function loadDemo(origin: string): Promise<DemoCatalogue | null> {
  return catalogue(await ask(`${origin}/api/demo/`, {})) ?? null
}

export async function signInToDemo(origin: string, personId: number): Promise<SignIn> {
  const answer = signIn(
    await ask(`${origin}/api/demo/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: personId }),
    }),
  )
  if (answer) return answer
  const message = 'This server has no demo people.'
  throw new RequestError({ code: 'not_found', message, retryable: false })
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  try {
    const response = await fetch(url, init)
    return response.ok ? await response.json() : null
  } catch (reason) {
    throw new RequestError(toClientError(reason))
  }
}
