import { useEffect, useState, type ComponentType } from 'react'

/** The first page is complete by then, also on a slow phone, and the first sound of a show is heard. */
const delayMs = 3000

/** Loads what every page needs, but no first page, a little later. */
export function LaterParts() {
  const [Loaded, setLoaded] = useState<ComponentType | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => {
      import('./background-parts.tsx').then(
        module => setLoaded(() => module.BackgroundParts),
        () => {}
      )
    }, delayMs)
    return () => clearTimeout(timer)
  }, [])
  return Loaded && <Loaded />
}
