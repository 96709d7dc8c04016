import { useCallback } from 'react'
import { useLoaded } from '../ui/use-loaded.ts'
import { parseCaptions, type Cue } from './captions.ts'

const none: readonly Cue[] = []

/** Loads the captions of a replay. Without a file, or when it cannot be loaded, there are none. */
export function useCaptions(url: string | null): readonly Cue[] {
  const [cues] = useLoaded(useCallback(async () => (url === null ? none : await load(url)), [url]))
  return cues ?? none
}

async function load(url: string): Promise<readonly Cue[]> {
  const response = await fetch(url)
  return response.ok ? parseCaptions(await response.text()) : none
}
