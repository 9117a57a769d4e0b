export { type ComposerMode, MessageComposer, type MessageComposerProps } from './MessageComposer'
export { MessageComposerView, type MessageComposerViewProps } from './MessageComposerView'
export { useDraft } from './useDraft'
