export type { Api } from './api'
export type { ChatClientOptions } from './assemble'
export { browserEnvironment, openWebSocket } from './browser'
export { ChatClient } from './ChatClient'
export * as closeCodes from './closeCodes.gen'
export { type Credentials, createCredentials, RequestError, toClientError } from './credentials'
export {
  type DemoCatalogue,
  type DemoPerson,
  type DemoService,
  loadDemo,
  type SignIn,
  signInToDemo,
} from './demo'
export type {
  Channel,
  Environment,
  OpenSocket,
  PageSignal,
  Socket,
  SocketEvents,
  Tabs,
  Vault,
} from './environment'
export type { ErrorCode } from './errors.gen'
export { retryableErrors } from './errors.gen'
export { type Faults, FaultyNetwork } from './faults'
export type { ConversationPage, WireMessage } from './frames'
export { fetchHistory } from './history'
export type { Counters, ReceivedFrame } from './inbox'
export { Search, type SearchFilter, type SearchHit, type SearchState } from './search'
export { Store } from './store'
export type { SendOptions, Thread } from './thread'
export type * from './types'
export {
  type SendFile,
  type Upload,
  type UploadFields,
  Uploads,
  type UploadsOptions,
} from './uploads'
