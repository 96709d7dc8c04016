import { useEffect, useState } from 'react'
import { Check, Share2 } from 'lucide-react'
import { Action } from '../parts/action.tsx'
import styles from './share.module.css'

const thanksMs = 2500

/** Gives the show's address away: by the platform where it can, by the clipboard elsewhere. */
export function Share({ showId, title, kind = 'plain' }: { showId: string; title: string; kind?: 'plain' | 'quiet' }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), thanksMs)
    return () => clearTimeout(timer)
  }, [copied])

  async function share() {
    const url = `${window.location.origin}/shows/${showId}`
    if (navigator.share) {
      // Who closes the platform's sheet changed their mind; that is no fault.
      return await navigator.share({ title, url }).catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
      })
    }
    if (!navigator.clipboard) throw new Error(`This browser can’t copy here. The link is ${url}`)
    await navigator.clipboard.writeText(url)
    setCopied(true)
  }

  return (
    <Action kind={kind} onPress={share}>
      {copied ? <Check size={18} aria-hidden='true' /> : <Share2 size={18} aria-hidden='true' />}
      <span role='status' className={kind === 'quiet' ? styles.words : undefined}>
        {copied ? 'Link copied' : 'Share'}
      </span>
    </Action>
  )
}
