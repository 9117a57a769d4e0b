import { RequestError, signInError } from '@/client/credentials'
import { apiUrl, loadSession, type Session, saveSession } from './session'

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
export async function logOut({ refresh }: Session): Promise<void> {
  await post('logout', { refresh }).catch(() => undefined)
}

/** A refresh token counts once (I-3): one tab renews, the others take what it got. */
export function renew(stale: Session): Promise<Session> {
  return oneAtATime(async () => {
    const known = loadSession()
    if (known && known.access !== stale.access) return known
    return enter('refresh', { refresh: stale.refresh })
  })
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
