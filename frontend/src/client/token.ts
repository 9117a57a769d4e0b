import { int, object } from './check'
import { parseJson } from './frames'
import type { UserId } from './types'

const claims = object({
  user_id: (value) => int(typeof value === 'string' ? Number(value) : value),
})

/** Who a token speaks for, as far as it can be read here. The server verifies; this only names the memory. */
export function userIn(token: string | null): UserId | null {
  const payload = token?.split('.')[1]
  if (!payload) return null
  try {
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    return claims(parseJson(bytes))?.user_id ?? null
  } catch {
    return null
  }
}
