import { browserEnvironment, ChatClient } from '../client'
import type { ConnectionOptions } from './results'

const clientsMax = 8
/** Bundlers put the values in place of these names; where none does, there is no `process` in a page. */
const configured = {
  socketUrl: orNothing(() => process.env.NEXT_PUBLIC_WS_URL),
  apiUrl: orNothing(() => process.env.NEXT_PUBLIC_API_URL),
}
const shared = new Map<string, ChatClient>()

export function createClient(options: ConnectionOptions): ChatClient {
  return new ChatClient({
    ...options,
    environment: options.environment ?? browserEnvironment(),
    url: options.url ?? configured.socketUrl ?? socketUrlOf(globalThis.location),
    apiUrl: options.apiUrl ?? configured.apiUrl ?? '',
  })
}

/** For hooks without a provider: equal address and user share one client. */
export function sharedClient(options: ConnectionOptions): ChatClient {
  const key = JSON.stringify([options.url, options.apiUrl, options.userId ?? options.token])
  const known = shared.get(key)
  if (known) return known
  const client = createClient(options)
  shared.set(key, client)
  for (const oldest of shared.keys()) if (shared.size > clientsMax) shared.delete(oldest)
  return client
}

function socketUrlOf(page: Location | undefined): string {
  return page ? `${page.origin.replace(/^http/, 'ws')}/ws/messaging/` : ''
}

function orNothing(read: () => string | undefined): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
