import { useCallback, useEffect, useRef, useState } from 'react'
import { useRepeated } from './use-repeated.ts'

/** A value, and the function that replaces it. */
export type Loaded<T> = readonly [T | null, (value: T | null) => void]

/**
 * Loads a value that a page can do without: null until it is known, and when it cannot be loaded.
 * @param load loads the value; another function loads another value
 * @param repeatMs returns the interval in which a value is loaded again; null: it stays
 */
export function useLoaded<T extends object>(
  load: () => Promise<T>,
  repeatMs: (value: T) => number | null = () => null
): Loaded<T> {
  const [value, setValue] = useState<T | null>(null)
  const current = useRef<typeof load | null>(null)
  const reload = useCallback(async () => {
    const loaded = await load().catch(() => null)
    if (loaded && current.current === load) setValue(loaded)
  }, [load])
  useEffect(() => {
    current.current = load
    reload()
    return () => {
      current.current = null
      setValue(null)
    }
  }, [load, reload])
  useRepeated(reload, value && repeatMs(value))
  return [value, setValue]
}
