export { ConversationList, type ConversationListProps } from './ConversationList'
export { ConversationListView, type ConversationListViewProps } from './ConversationListView'
export { nameOf } from './conversationFilter'
