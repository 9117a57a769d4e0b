import { type ClipboardEvent, type DragEvent, useState } from 'react'

/** Files that are pasted become attachments; text stays text. */
export function takePastedFiles(event: ClipboardEvent, onAdd?: (files: readonly File[]) => void) {
  const files = [...event.clipboardData.files]
  if (files.length === 0 || !onAdd) return
  event.preventDefault()
  onAdd(files)
}

/** Files that are dragged over and dropped. */
export function useFileDrop(onAdd?: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false)
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!onAdd || !hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop: (event: DragEvent) => {
      setOver(false)
      if (!onAdd || !hasFiles(event)) return
      event.preventDefault()
      onAdd([...event.dataTransfer.files])
    },
  }
  return { isOver, handlers }
}
