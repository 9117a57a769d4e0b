import type { Person } from '@/client'
import { RequestError, signInError } from '@/client/credentials'

/** Who is signed in, in this tab. A new tab starts as the last one; each may then be somebody else. */
export interface Session {
  readonly user: Pick<Person, 'id' | 'name' | 'avatar' | 'role'>
  readonly access: string
  readonly expiresAt: number
  /** For accounts of the server. */
  readonly refresh?: string | undefined
}

const storageKey = 'sewa.session'
export const apiUrl = process.env.NEXT_PUBLIC_API_URL ?? ''

const keyOf = ({ user }: Session) => `${storageKey}.${user.id}`

/** The tab says who it is; what it knows may be older than what another tab of the same person got. */
export function loadSession(): Session | null {
  const own = read(sessionStorage, storageKey) ?? read(localStorage, storageKey)
  return own && (read(localStorage, keyOf(own)) ?? own)
}

function read(storage: Storage, key: string): Session | null {
  const text = storage.getItem(key)
  if (!text) return null
  try {
    const session: unknown = JSON.parse(text)
    return isSession(session) ? session : null
  } catch {
    return null
  }
}

export function saveSession(session: Session | null): void {
  if (session === null) {
    const known = loadSession()
    if (known) forget(known)
    sessionStorage.removeItem(storageKey)
    localStorage.removeItem(storageKey)
    return
  }
  const text = JSON.stringify(session)
  sessionStorage.setItem(storageKey, text)
  localStorage.setItem(storageKey, text)
  localStorage.setItem(keyOf(session), text)
}

/** The server does not renew it any more. What was written and not sent stays for the next sign-in. */
export function endSession(session: Session): void {
  sessionStorage.removeItem(storageKey)
  // Another tab may have signed in meanwhile, as the same person or as somebody else.
  for (const key of [storageKey, keyOf(session)]) {
    if (read(localStorage, key)?.access === session.access) localStorage.removeItem(key)
  }
}

function forget(session: Session): void {
  const drafts = `sewa.draft.${session.user.id}.`
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(drafts))
  for (const key of [keyOf(session), ...keys]) localStorage.removeItem(key)
}

export async function signInAs(personId: number): Promise<Session> {
  const { signInToDemo } = await import('@/client/demo')
  const { access, expires_in, user } = await signInToDemo(apiUrl, personId)
  const session = { user, access, expiresAt: Date.now() + expires_in * 1000 }
  saveSession(session)
  return session
}

/** The server asks for the next token 60 s before the end (C-9). */
const marginMs = 90_000
let given: string | null = null

/** The token that is known while it lasts, else a new one. Who asks again was refused with the one he got. */
export async function freshToken(): Promise<string> {
  const session = loadSession()
  // Another tab has signed out, or found that the login has ended.
  if (!session) throw new RequestError(signInError)
  const lasts = session.access !== given && session.expiresAt - marginMs > Date.now()
  const { access } = lasts ? session : await renewed(session)
  given = access
  return access
}

async function renewed(session: Session): Promise<Session> {
  if (!session.refresh) return signInAs(session.user.id)
  // Nobody needs it before the first token ends.
  return (await import('./accounts')).renew(session)
}

/** The next `freshToken` asks the server. */
export function expireToken(): void {
  const session = loadSession()
  if (session) saveSession({ ...session, expiresAt: 0 })
}

function isSession(value: unknown): value is Session {
  const session = value as Partial<Session> | null
  return (
    typeof session?.access === 'string' &&
    typeof session.expiresAt === 'number' &&
    typeof session.user?.id === 'number' &&
    typeof session.user.name === 'string'
  )
}

/** The same default as the hooks have. */
export function socketUrl(): string {
  return process.env.NEXT_PUBLIC_WS_URL ?? `${location.origin.replace(/^http/, 'ws')}/ws/messaging/`
}
