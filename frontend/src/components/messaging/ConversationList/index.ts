export { ConversationListView, type ConversationListViewProps } from './ConversationListView'
export { nameOf } from './conversationFilter'
