'use client'

import { useEffect, useMemo } from 'react'
import { Uploads } from '../client'
import type { ConnectionOptions, UseUploadResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

/** Files on their way to become attachments of the next message. */
export function useUpload(options?: ConnectionOptions): UseUploadResult {
  const client = useClient(options)
  const all = useMemo(() => {
    const url = `${client.origin}/api/messaging/attachments/`
    return new Uploads({ url, credentials: client.credentials })
  }, [client])
  const uploads = useStore(all.state)
  useEffect(() => () => void all.take(), [all])
  const { add, cancel, retry, take } = all
  return { uploads, add, cancel, retry, take }
}
