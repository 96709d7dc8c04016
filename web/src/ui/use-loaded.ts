import { useEffect, useState } from 'react'

/** A value, and the function that replaces it. */
export type Loaded<T> = readonly [T | null, (value: T | null) => void]

/**
 * Loads a value that a page can do without: null until it is known, and when it cannot be loaded.
 * @param load loads the value; another function loads another value
 */
export function useLoaded<T extends object>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null)
  useEffect(() => {
    let isCurrent = true
    load().then(
      loaded => {
        if (isCurrent) setValue(loaded)
      },
      () => {}
    )
    return () => {
      isCurrent = false
      setValue(null)
    }
  }, [load])
  return [value, setValue]
}
