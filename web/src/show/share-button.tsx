import { Check, Share2 } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import { useCopy } from '../ui/use-copy.ts'
import styles from './share-button.module.css'

interface ShareButtonProps {
  showId: string
  title: string
  /** The place in the replay at which the link opens. */
  atMs?: number
  label?: string
  variant?: 'secondary' | 'quiet'
}

/** Shares the link of a show with the platform's share sheet, or copies it where there is none. */
export function ShareButton({ showId, title, atMs = 0, label = 'Share', variant = 'secondary' }: ShareButtonProps) {
  const { isCopied, copy } = useCopy()

  async function share() {
    const seconds = Math.floor(atMs / 1000)
    const url = `${window.location.origin}/shows/${showId}${seconds > 0 ? `?t=${seconds}` : ''}`
    if (navigator.share) {
      // Closing the share sheet is not an error.
      return await navigator.share({ title, url }).catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
      })
    }
    await copy(url, `Can’t copy the link in this browser. Here it is: ${url}`)
  }

  return (
    <AsyncButton variant={variant} onPress={share}>
      {isCopied ? <Check size={18} aria-hidden='true' /> : <Share2 size={18} aria-hidden='true' />}
      <span className={variant === 'quiet' ? styles.label : undefined}>
        {!isCopied && label}
        {/* Apart from the label, which a screen reader must not announce each time it changes. */}
        <span role='status'>{isCopied && 'Link copied'}</span>
      </span>
    </AsyncButton>
  )
}
