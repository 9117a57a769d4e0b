import type { BrowserContext } from 'playwright-core'

/** A server with demo people, and the origin of its web app. */
export interface World {
  readonly name: string
  readonly origin: string
  /** Lets a browser reach the server. */
  attach(context: BrowserContext): Promise<void>
  /** SIGKILL: no farewell. */
  kill(): Promise<void>
  /** With the data it had. */
  restart(): Promise<void>
  /** Cuts or restores the network of one browser. */
  setOffline(context: BrowserContext, isOffline: boolean): Promise<void>
  /** A request as this person. */
  request(person: number, method: string, path: string, body?: object): Promise<unknown>
  /** A token of this person that ends after so many seconds. */
  token(person: number, seconds: number): string
  close(): Promise<void>
}
