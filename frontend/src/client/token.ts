import { int, take } from './check'
import { parseJson } from './frames'
import type { UserId } from './types'

const claims = {
  user_id: (value: unknown) => int(typeof value === 'string' ? +value : value),
} as const

/** Who a token speaks for, as far as it can be read here. The server verifies; this only names the memory. */
export function userIn(token: string | null): UserId | null {
  try {
    const payload = token?.split('.')[1] ?? ''
    const json = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    return take(claims, parseJson(json))?.user_id ?? null
  } catch {
    return null
  }
}
