import { useEffect, useState } from 'react'
import { parseCaptions, type Cue } from './captions.ts'

/** Loads the captions of a replay. Without a file, or when it cannot be loaded, there are none. */
export function useCaptions(url: string | null): readonly Cue[] {
  const [cues, setCues] = useState<readonly Cue[]>([])
  useEffect(() => {
    if (url === null) return
    const loading = new AbortController()
    load(url, loading.signal).then(
      loaded => setCues(loaded),
      () => {}
    )
    return () => {
      loading.abort()
      setCues([])
    }
  }, [url])
  return cues
}

async function load(url: string, signal: AbortSignal): Promise<Cue[]> {
  const response = await fetch(url, { signal })
  return response.ok ? parseCaptions(await response.text()) : []
}
