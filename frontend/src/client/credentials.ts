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

export function isSignInError(error: ClientError): boolean {
  return error.code === 'unauthorized' || error.code === 'token_expired'
}

/** The current token. However many callers find it expired, it is renewed once. */
export class Credentials {
  #token: string | null
  readonly #getToken: (() => Promise<string>) | null
  #pending: Promise<string> | null = null
  #isAnonymous: boolean

  constructor(token: string | null, getToken: (() => Promise<string>) | null) {
    this.#token = token
    this.#getToken = getToken
    this.#isAnonymous = token === null && getToken === null
  }

  /** null: nobody is signed in and nobody can be. Rejects when the sign-in has ended. */
  async get(): Promise<string | null> {
    if (this.#token !== null || this.#isAnonymous) return this.#token
    if (!this.#getToken) throw new RequestError(signInError)
    this.#pending ??= this.#renew(this.#getToken)
    return this.#pending
  }

  /** The server refused `token`. Says nothing when another one is in use by now. */
  expire(token: string | null): void {
    if (token !== null && token === this.#token) this.#token = null
  }

  set(token: string): void {
    this.#token = token
    this.#isAnonymous = false
  }

  async #renew(getToken: () => Promise<string>): Promise<string> {
    try {
      this.#token = await getToken()
      return this.#token
    } finally {
      this.#pending = null
    }
  }
}
