export {
  ClientContext,
  MessagingProvider,
  type MessagingProviderProps,
} from '../providers/MessagingProvider'
export { createClient } from './createClient'
export type * from './results'
export { useClient } from './useClient'
export { useConversations } from './useConversations'
export { useMessages } from './useMessages'
export { type UseOnlineStatusOptions, useOnlineStatus } from './useOnlineStatus'
export { useRealtimeMessaging } from './useRealtimeMessaging'
export { useSearch } from './useSearch'
export { useSession } from './useSession'
export { useStore } from './useStore'
export { useTypingIndicator } from './useTypingIndicator'
export { useUnread } from './useUnread'
export { useUpload } from './useUpload'
export { useWebSocket } from './useWebSocket'
