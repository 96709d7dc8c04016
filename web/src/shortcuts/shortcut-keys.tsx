import { useEffect, useState, type ComponentType } from 'react'
import type { ShowShortcutsProps } from './show-shortcuts.tsx'

type Loaded = ComponentType<ShowShortcutsProps & { firstPress: KeyboardEvent }>

/** Loads the shortcuts of a live show with the first key that is pressed: a phone has no keys. */
export function ShortcutKeys(props: ShowShortcutsProps) {
  const [loaded, setLoaded] = useState<{ Shortcuts: Loaded; firstPress: KeyboardEvent } | null>(null)
  useEffect(() => {
    const load = (firstPress: KeyboardEvent) => {
      import('./show-shortcuts.tsx').then(
        module => setLoaded({ Shortcuts: module.ShowShortcuts, firstPress }),
        () => {}
      )
    }
    document.addEventListener('keydown', load, { once: true })
    return () => document.removeEventListener('keydown', load)
  }, [])
  return loaded && <loaded.Shortcuts {...props} firstPress={loaded.firstPress} />
}
