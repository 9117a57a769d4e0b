export { MessageListView, type MessageListViewProps } from './MessageListView'
