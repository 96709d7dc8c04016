import { lazy, useState } from 'react'
import { Share2 } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './share-button.module.css'

// Loaded when somebody shares.
const ShareDialog = lazy(async () => ({ default: (await import('./share-dialog.tsx')).ShareDialog }))

interface ShareButtonProps {
  showId: string
  title: string
  /** The place in the replay at which the link opens. */
  atMs?: number
  label?: string
  variant?: 'secondary' | 'quiet'
}

/** Opens the dialog with the link of a show. */
export function ShareButton({ showId, title, atMs = 0, label = 'Share', variant = 'secondary' }: ShareButtonProps) {
  const [url, setUrl] = useState<string | null>(null)
  const seconds = Math.floor(atMs / 1000)
  return (
    <>
      <AsyncButton
        variant={variant}
        label={label}
        onPress={() => setUrl(`${window.location.origin}/shows/${showId}${seconds > 0 ? `?t=${seconds}` : ''}`)}
      >
        <Share2 size={18} aria-hidden='true' />
        <span className={variant === 'quiet' ? styles.label : undefined}>{label}</span>
      </AsyncButton>
      {url && (
        <LazyBoundary>
          <ShareDialog title={title} url={url} onClose={() => setUrl(null)} />
        </LazyBoundary>
      )}
    </>
  )
}
