export { ToastHost } from '../ui/ToastHost'
export { type Locale, locales, useWords, WordsProvider } from '../words'
export { ChatPage, type ChatPageProps } from './ChatPage'
export {
  ConnectionStatusIndicator,
  type ConnectionStatusIndicatorProps,
  ConnectionStatusIndicatorView,
} from './ConnectionStatusIndicator'
export { ContactButton, type ContactButtonProps } from './ContactButton'
export { ConversationHeader } from './ConversationHeader'
export { ConversationList, ConversationListView } from './ConversationList'
export { ConversationPane, type ConversationPaneProps } from './ConversationPane'
export { FileDropZone, FileUploadView } from './FileUpload'
export { type MessageActions, MessageBubble, type MessageBubbleProps } from './MessageBubble'
export { MessageComposer, MessageComposerView } from './MessageComposer'
export { MessageListView, type MessageListViewProps } from './MessageList'
export {
  BulkOnlineStatus,
  BulkOnlineStatusView,
  OnlineStatus,
  OnlineStatusView,
} from './OnlineStatus'
export { QuickContactModal, QuickContactModalView } from './QuickContactModal'
export { TypingIndicator, TypingIndicatorView } from './TypingIndicator'
