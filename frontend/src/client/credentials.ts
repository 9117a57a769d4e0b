import type { ClientError } from './types'

/** What is thrown by everything in the client that can fail. */
export class RequestError extends Error implements ClientError {
  declare readonly code: ClientError['code']
  declare readonly retryable: boolean
  declare readonly field?: string
  declare readonly retryAfterMs?: number

  constructor(error: ClientError) {
    super(error.message)
    Object.assign(this, error)
  }
}

export const networkError: ClientError = {
  code: 'network',
  message: 'The server cannot be reached.',
  retryable: true,
}

/** The sign-in has ended and nobody can renew it. */
export const signInError: ClientError = {
  code: 'unauthorized',
  message: 'The sign-in has ended.',
  retryable: false,
}

export function toClientError(reason: unknown): ClientError {
  return reason instanceof RequestError ? reason : networkError
}

export function isSignInError({ code }: ClientError): boolean {
  return code === 'unauthorized' || code === 'token_expired'
}

/** The current token. However many callers find it expired, it is renewed once. */
export interface Credentials {
  /** null: nobody is signed in and nobody can be. Rejects when the sign-in has ended. */
  get(): Promise<string | null>
  /** The server refused `token`. Says nothing when another one is in use by now. */
  expire(token: string | null): void
  set(token: string): void
}

export function createCredentials(
  token: string | null = null,
  getToken: (() => Promise<string>) | null = null,
): Credentials {
  let isAnonymous = token === null && !getToken
  let pending: Promise<string> | null = null
  const renew = async () => {
    if (!getToken) throw new RequestError(signInError)
    token = await getToken()
    return token
  }
  return {
    async get() {
      if (token !== null || isAnonymous) return token
      pending ??= renew().finally(() => {
        pending = null
      })
      return pending
    },
    expire(refused) {
      if (token === refused) token = null
    },
    set(next) {
      token = next
      isAnonymous = false
    },
  }
}
