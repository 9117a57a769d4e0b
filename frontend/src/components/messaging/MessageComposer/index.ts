export { MessageComposerView, type MessageComposerViewProps } from './MessageComposerView'
export { useDraft } from './useDraft'
