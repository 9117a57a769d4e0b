import { networkError, RequestError } from './credentials'
import type { DemoCatalogue, SignIn } from './demoServer'
import type { UserId } from './types'

export type { DemoCatalogue, DemoPerson, DemoService, SignIn } from './demoServer'

/** Only servers in demo mode have what is in there. */
const part = () =>
  import('./demoServer').catch(() => {
    throw new RequestError(networkError)
  })

/** null: this server is not in demo mode. */
export async function loadDemo(origin: string): Promise<DemoCatalogue | null> {
  return (await part()).loadDemo(origin)
}

export async function signInToDemo(origin: string, personId: UserId): Promise<SignIn> {
  return (await part()).signInToDemo(origin, personId)
}
