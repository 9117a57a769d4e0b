import { RequestError, signInError } from '@/client/credentials'
import { indexedDbVault } from '@/client/vault'
import { apiUrl, loadSession, type Session, saveSession } from './session'

/**
 * The newest session of each person, for the next tab that renews: what another process wrote to
 * `localStorage` may be seen later than the lock that it has released.
 */
const newest = globalThis.indexedDB ? indexedDbVault('sewa.accounts', indexedDB) : null

/** Built-in identity (PROTOCOL.md section 10). */
export interface Account {
  readonly username: string
  readonly password: string
}

export interface NewAccount extends Account {
  readonly name: string
  readonly role: 'customer' | 'provider'
}

/** Whether this server keeps accounts of its own. */
export async function hasAccounts(): Promise<boolean> {
  const response = await fetch(`${apiUrl}/api/auth/login/`).catch(() => null)
  return response !== null && response.status !== 404
}

export const logIn = (account: Account) => enter('login', account)
export const register = (account: NewAccount) => enter('register', account)

/** Ends the login on the server too. */
export async function logOut({ refresh, user }: Session): Promise<void> {
  const ended = post('logout', { refresh }).catch(() => undefined)
  await Promise.all([ended, keep(user.id, undefined)])
}

/** A refresh token counts once (I-3): one tab renews, the others take what it got. */
export function renew(stale: Session): Promise<Session> {
  return oneAtATime(async () => {
    const known = await newestOf(stale)
    // Access tokens of the same second are equal.
    if (known.refresh === stale.refresh) return enter('refresh', { refresh: known.refresh })
    saveSession(known)
    return known
  })
}

async function newestOf(stale: Session): Promise<Session> {
  const kept = await newest?.load().catch(() => null)
  const found = kept?.get(`${stale.user.id}`) as Session | undefined
  const shown = loadSession() ?? stale
  return found && found.expiresAt > shown.expiresAt ? found : shown
}

/** A browser that keeps nothing costs a sign-in at worst. */
async function keep(id: number, session: Session | undefined): Promise<void> {
  await newest?.write(new Map([[`${id}`, session]])).catch(() => undefined)
}

async function oneAtATime(work: () => Promise<Session>): Promise<Session> {
  if (!navigator.locks) return work()
  return navigator.locks.request('sewa.refresh', work)
}

async function enter(path: string, body: object): Promise<Session> {
  const answer = await post(path, body)
  const { access, refresh, expires_in, user } = answer as Session & { expires_in: number }
  if (typeof access !== 'string' || typeof user?.id !== 'number')
    throw new RequestError(signInError)
  const session = { user, access, refresh, expiresAt: Date.now() + Number(expires_in) * 1000 }
  saveSession(session)
  await keep(user.id, session)
  return session
}

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${apiUrl}/api/auth/${path}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status === 204) return null
  const answer = await response.json().catch(() => null)
  if (response.ok) return answer
  const code = answer?.code ?? 'internal'
  throw new RequestError({ code, message: answer?.message ?? '', retryable: false })
}
