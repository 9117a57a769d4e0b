import { type Fitted, int, or, type Template, take } from './check'
import { type Credentials, isSignInError, networkError, RequestError } from './credentials'
import type { Environment } from './environment'
import { type ErrorCode, retryableErrors } from './errors.gen'
import type { ClientError } from './types'

/** REST of docs/PROTOCOL.md section 8. Everything rejects with a RequestError. */
export interface Api {
  /** The parsed body, null when there is none. A token that has ended is renewed and the request repeated once. */
  request(method: string, path: string, body?: object): Promise<unknown>
  /** Rejects an answer that does not pass as well. */
  read<const T extends Template>(template: T, path: string): Promise<Fitted<T>>
}

export function createApi(environment: Environment, credentials: Credentials, origin: string): Api {
  const base = `${origin.replace(/\/+$/, '')}/api/messaging/`
  const ask = async (token: string | null, method: string, path: string, body?: object) => {
    const headers: Record<string, string> = {}
    if (token !== null) headers.authorization = `Bearer ${token}`
    if (body) headers['content-type'] = 'application/json'
    const init: RequestInit = { method, headers, body: body ? JSON.stringify(body) : null }
    const response = await environment.fetch(base + path, init).catch(() => {
      throw new RequestError(networkError)
    })
    const answer: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new RequestError(readFailure(response, answer))
    return answer
  }
  const request: Api['request'] = async (method, path, body) => {
    const token = await credentials.get()
    try {
      return await ask(token, method, path, body)
    } catch (reason) {
      if (!isSignInError(reason as ClientError)) throw reason
      credentials.expire(token)
      return ask(await credentials.get(), method, path, body)
    }
  }
  return {
    request,
    read: async (template, path) => readAnswer(template, await request('GET', path)),
  }
}

export function readAnswer<const T extends Template>(template: T, answer: unknown): Fitted<T> {
  const value = take(template, answer)
  if (value !== undefined) return value
  throw new RequestError({
    code: 'internal',
    message: 'The answer of the server makes no sense.',
    retryable: true,
  })
}

const failure = { code: null, message: '', field: null, retry_after_ms: or(int, null) } as const

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  429: 'rate_limited',
}

/** From an answer that is not 2xx; a proxy on the way may have written something else than JSON. */
export function readFailure(
  response: { readonly status: number; readonly headers: Headers },
  answer: unknown,
): ClientError {
  const { status } = response
  const body = take(failure, answer)
  const code = body?.code ?? codeOfStatus[status] ?? 'internal'
  const seconds = Number(response.headers.get('retry-after'))
  return toRefusal({
    code,
    message: body?.message || `The server answered ${status}.`,
    retryable: retryableErrors.has(code) || status >= 500,
    field: body?.field ?? null,
    retry_after_ms: body?.retry_after_ms ?? (seconds > 0 ? seconds * 1000 : null),
  })
}

/** What the server has refused, over either transport. */
export function toRefusal({
  code,
  message,
  retryable,
  field,
  retry_after_ms,
}: {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly field: string | null
  readonly retry_after_ms: number | null
}): ClientError {
  return {
    code: code as ErrorCode,
    message,
    retryable,
    ...(field && { field }),
    ...(retry_after_ms !== null && { retryAfterMs: retry_after_ms }),
  }
}
