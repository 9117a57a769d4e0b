'use client'

import { useRef } from 'react'
import { IconButton } from '../../ui/IconButton'
import { useWords } from '../../words'

export function AttachButton({ onAdd }: { onAdd: (files: readonly File[]) => void }) {
  const { words } = useWords()
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton
        icon="attach"
        label={words.attachFiles}
        onClick={() => chooser.current?.click()}
      />
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={words.chooseFiles}
        onChange={(event) => {
          onAdd([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}
