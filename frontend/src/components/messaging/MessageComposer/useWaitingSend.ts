import { useEffect, useState } from 'react'
import type { Upload } from '../../../client'

/**
 * Enter while files are on their way: what was written goes when the last of them has arrived. It does not
 * when the text is changed meanwhile, or a file fails: then the person has to decide anew.
 */
export function useWaitingSend(uploads: readonly Upload[], text: string, send: () => void) {
  const [waitsFor, setWaitsFor] = useState<string | null>(null)
  const isUploading = uploads.some(({ status }) => status === 'uploading')
  const hasFailed = uploads.some(({ status }) => status === 'failed')
  const isWaiting = waitsFor === text && isUploading

  useEffect(() => {
    if (waitsFor === null || isWaiting) return
    setWaitsFor(null)
    if (waitsFor === text && !hasFailed) send()
  })
  return {
    isWaiting,
    /** Now, or as soon as the files are there. */
    sendWhenReady: () => (isUploading ? setWaitsFor(text) : send()),
  }
}
