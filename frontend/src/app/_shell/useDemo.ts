import { useEffect, useState } from 'react'
import { type DemoCatalogue, loadDemo } from '@/client'
import { apiUrl } from './session'

/** The people and services of the demonstration; undefined while loading, null where there is none. */
export function useDemo(): DemoCatalogue | null | undefined {
  const [demo, setDemo] = useState<DemoCatalogue | null>()
  useEffect(() => {
    let isWanted = true
    const show = (catalogue: DemoCatalogue | null) => isWanted && setDemo(catalogue)
    loadDemo(apiUrl).then(show, () => show(null))
    return () => {
      isWanted = false
    }
  }, [])
  return demo
}
