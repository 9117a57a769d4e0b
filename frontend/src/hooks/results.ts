/** What the hooks take and give. Functions in results are stable: they never change between renders. */
import type {
  Attachment,
  ClientError,
  ConnectionInfo,
  ConnectionStatus,
  Conversation,
  ConversationId,
  Environment,
  Message,
  Person,
  Presence,
  ReceivedFrame,
  SearchFilter,
  SearchHit,
  SendOptions,
  Thread,
  Timeline,
  Typist,
  Upload,
  UserId,
} from '../client'

export type { ReceivedFrame, SearchFilter, SearchHit, SendOptions, Upload } from '../client'

/** Without a provider these select the connection; equal `url` and user share one. */
export interface ConnectionOptions {
  /** Default: `NEXT_PUBLIC_WS_URL`, else /ws/messaging/ of this origin. */
  url?: string | undefined
  /** Default: `NEXT_PUBLIC_API_URL`, else this origin. */
  apiUrl?: string | undefined
  userId?: UserId | undefined
  token?: string | undefined
  /** Called for the first token when `token` is absent, and when a token ends. */
  getToken?: (() => Promise<string>) | undefined
  /** Attempts in a row before giving up. Default: never gives up. */
  reconnectAttempts?: number | undefined
  /** Base of the backoff in milliseconds. Default 500. */
  reconnectInterval?: number | undefined
  /** Default true. */
  enableHeartbeat?: boolean | undefined
  /** Milliseconds. Default 30,000. */
  heartbeatInterval?: number | undefined
  /** Everything the client takes from its surroundings; for tests and for the fault switches. */
  environment?: Environment | undefined
}

export interface UseWebSocketOptions extends ConnectionOptions {
  /** Connect on mount. Default true. */
  autoConnect?: boolean
  onMessage?: (frame: ReceivedFrame) => void
  onConnect?: () => void
  onDisconnect?: () => void
  onError?: (error: ClientError) => void
}

export interface UseWebSocketResult {
  readonly connectionStatus: ConnectionStatus
  /** Everything a monitor shows; changes more often than `connectionStatus`. */
  readonly connection: ConnectionInfo
  readonly isConnected: boolean
  readonly isConnecting: boolean
  readonly error: ClientError | null
  /** Sends one frame; false when there is no connection. Chat messages go through `sendChatMessage`. */
  readonly sendMessage: (frame: { type: string; data?: object }) => boolean
  /** Listens to every frame; returns the function that ends it. */
  readonly onMessage: (listener: (frame: ReceivedFrame) => void) => () => void
  readonly connect: () => void
  readonly disconnect: () => void
}

/** What an open conversation offers; `markRead` is safe to call on every render of a visible list. */
export interface UseMessagesResult
  extends Timeline,
    Pick<
      Thread,
      'loadOlder' | 'send' | 'retry' | 'discard' | 'edit' | 'remove' | 'react' | 'markRead'
    > {
  /** null until it is loaded, or when there is no such conversation for this user (see `error`). */
  readonly conversation: Conversation | null
}

export interface UseRealtimeMessagingOptions extends ConnectionOptions {
  conversationId?: ConversationId | null
  onMessage?: (message: Message) => void
}

export interface UseRealtimeMessagingResult extends UseMessagesResult {
  /** Same as `send`, for the open conversation or the one named. */
  readonly sendChatMessage: (
    text: string,
    conversationId?: ConversationId,
    options?: SendOptions,
  ) => string
  readonly connectionStatus: ConnectionStatus
  readonly isConnected: boolean
}

export interface UseTypingIndicatorResult {
  /** People who are typing there now, without oneself. */
  readonly typingUsers: readonly Typist[]
  readonly isUserTyping: (userId: UserId) => boolean
  /** Safe to call on every key press: at most one frame in 3 s, the stop follows 2 s after the last. */
  readonly sendTypingStatus: (isTyping: boolean) => void
}

export interface UseOnlineStatusResult {
  readonly onlineUsers: readonly Presence[]
  readonly isUserOnline: (userId: UserId) => boolean
  /** ISO 8601; null when unknown. */
  readonly lastSeen: (userId: UserId) => string | null
}

export interface UseConversationsResult {
  /** Pinned first, then newest activity; archived ones are included, see `is_archived`. */
  readonly conversations: readonly Conversation[]
  readonly isLoading: boolean
  readonly hasMore: boolean
  readonly error: ClientError | null
  readonly loadMore: () => Promise<void>
  readonly refresh: () => Promise<void>
  readonly archive: (id: ConversationId, archived?: boolean) => Promise<void>
  readonly pin: (id: ConversationId, pinned?: boolean) => Promise<void>
  readonly mute: (id: ConversationId, muted?: boolean) => Promise<void>
  readonly remove: (id: ConversationId) => Promise<void>
  /** Opens (or continues) the thread about a service; resolves to its id. */
  readonly start: (request: {
    serviceId: number
    providerId: UserId
    text: string
  }) => Promise<ConversationId>
}

export interface UseSearchResult {
  readonly query: string
  readonly setQuery: (query: string) => void
  readonly hits: readonly SearchHit[]
  /** Only messages of this conversation, this sender, this type or these days. */
  readonly setFilter: (filter: SearchFilter) => void
  readonly isSearching: boolean
  /** `more` shows further hits below. */
  readonly hasMore: boolean
  readonly more: () => void
  readonly error: ClientError | null
}

export interface UseUploadResult {
  readonly uploads: readonly Upload[]
  readonly add: (files: Iterable<File>) => void
  readonly cancel: (key: string) => void
  readonly retry: (key: string) => void
  /** Gives the finished attachments and empties the list: call it when the message is sent. */
  readonly take: () => readonly Attachment[]
}

export interface UseUnreadResult {
  readonly total: number
  readonly unreadIn: (id: ConversationId) => number
}

export interface UseSessionResult {
  readonly me: Person | null
  readonly userId: UserId | null
}
