import { useEffect, useState } from 'react'
import { Check, Share2 } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './share-button.module.css'

const copiedShownMs = 2500

/** Shares the link of a show with the platform's share sheet, or copies it where there is none. */
export function ShareButton({
  showId,
  title,
  variant = 'secondary'
}: {
  showId: string
  title: string
  variant?: 'secondary' | 'quiet'
}) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), copiedShownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function share() {
    const url = `${window.location.origin}/shows/${showId}`
    if (navigator.share) {
      // Closing the share sheet is not an error.
      return await navigator.share({ title, url }).catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
      })
    }
    if (!navigator.clipboard) throw new Error(`Can’t copy the link in this browser. Here it is: ${url}`)
    await navigator.clipboard.writeText(url)
    setIsCopied(true)
  }

  return (
    <AsyncButton variant={variant} onPress={share}>
      {isCopied ? <Check size={18} aria-hidden='true' /> : <Share2 size={18} aria-hidden='true' />}
      <span role='status' className={variant === 'quiet' ? styles.label : undefined}>
        {isCopied ? 'Link copied' : 'Share'}
      </span>
    </AsyncButton>
  )
}
