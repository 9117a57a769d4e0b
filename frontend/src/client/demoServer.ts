import { or, take, text } from './check'
import { RequestError, toClientError } from './credentials'
import { person, service } from './frames'
import type { Person, Service, UserId } from './types'

export interface DemoService extends Service {
  readonly provider: Person | null
}

export interface DemoPerson extends Person {
  /** The name to sign in with. */
  readonly key: string
}

export interface DemoCatalogue {
  readonly people: readonly DemoPerson[]
  readonly services: readonly DemoService[]
}

export interface SignIn {
  readonly access: string
  readonly expires_in: number
  readonly user: Person
}

const catalogue = {
  people: [
    (value: unknown): DemoPerson | undefined => {
      const entry = take({ key: text, user: person } as const, value)
      return entry && { ...entry.user, key: entry.key }
    },
  ],
  services: [{ ...service, provider: or(person, null) }],
} as const
const signIn = { access: text, expires_in: 3600, user: person } as const

/** null: this server is not in demo mode. */
export async function loadDemo(origin: string): Promise<DemoCatalogue | null> {
  return take(catalogue, await ask(`${origin}/api/demo/`, {})) ?? null
}

export async function signInToDemo(origin: string, personId: UserId): Promise<SignIn> {
  const demo = await loadDemo(origin)
  const key = demo?.people.find((known) => known.id === personId)?.key
  const answer = take(
    signIn,
    await ask(`${origin}/api/demo/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: key }),
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
