export { Api, type NewMessage, type Page, type SearchFilter } from './api'
export { browserEnvironment, openWebSocket } from './browser'
export { ChatClient, type ChatClientOptions, type Counters, type ReceivedFrame } from './ChatClient'
export { RequestError, toClientError } from './credentials'
export type {
  Channel,
  Environment,
  OpenSocket,
  Socket,
  SocketEvents,
  Tabs,
  Vault,
} from './environment'
export type { ErrorCode } from './errors.gen'
export { closeCodes, retryableErrors } from './errors.gen'
export { Store } from './store'
export { type SendOptions, Thread } from './Thread'
export type * from './types'
