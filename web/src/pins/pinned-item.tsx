import { useState, useSyncExternalStore } from 'react'
import { ExternalLink, Pin as PinIcon, PinOff, X } from 'lucide-react'
import { audienceOf, type Pin } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { dismissedPins } from './dismissed-pins.ts'
import type { VotingProps } from '../voting/voting-props.ts'
import styles from './pinned-item.module.css'

interface PinnedItemProps extends VotingProps {
  pin: Pin
  /** Whether it stands on its own, outside of the comments. */
  isApart: boolean
}

/** A pinned comment or link. Hosts unpin it; everybody else closes it for themselves. */
export function PinnedItem({ view, room, pin, isApart }: PinnedItemProps) {
  const dismissed = useSyncExternalStore(dismissedPins.subscribe, dismissedPins.all)
  const key = `${room.showId}:${pin.pinnedAt}`
  if (!view.me.isHost && dismissed.includes(key)) return null

  async function remove() {
    if (view.me.isHost) await audienceOf(room).unpin()
    else dismissedPins.add(key)
    focusComments()
  }

  return (
    <section className={`${styles.pinned} ${isApart ? styles.apart : ''}`} aria-label='Pinned'>
      <PinIcon size={18} aria-hidden='true' className={styles.icon} />
      <div role='status' className={styles.content}>
        {pin.kind === 'comment' ? (
          <PinnedComment name={pin.displayName} text={pin.text} />
        ) : (
          <PinnedLink url={pin.url} text={pin.text} />
        )}
      </div>
      <AsyncButton variant='quiet' label={view.me.isHost ? 'Unpin' : 'Close what is pinned'} onPress={remove}>
        {view.me.isHost ? <PinOff size={18} aria-hidden='true' /> : <X size={18} aria-hidden='true' />}
      </AsyncButton>
    </section>
  )
}

/** Longer comments are cut after a few lines at first, so that they leave room for the others. */
const longTextLength = 140

function PinnedComment({ name, text }: { name: string; text: string }) {
  const isLong = text.length > longTextLength || text.split('\n').length > 3
  const [isWhole, setIsWhole] = useState(!isLong)
  return (
    <>
      <p className={`${styles.text} ${isWhole ? '' : styles.cut}`} dir='auto'>
        <span className='visually-hidden'>Pinned comment: </span>
        <strong>{name}</strong> {text}
      </p>
      {isLong && (
        <AsyncButton variant='quiet' onPress={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show less' : 'Show all'}
        </AsyncButton>
      )}
    </>
  )
}

/** A link with its text, and the site that it leads to. */
function PinnedLink({ url, text }: { url: string; text: string }) {
  return (
    <a className={styles.link} href={url} target='_blank' rel='noopener noreferrer nofollow ugc'>
      <span className='visually-hidden'>Pinned link: </span>
      <strong dir='auto'>{text}</strong>
      <span className={styles.site}>
        {siteOf(url)}
        <ExternalLink size={14} aria-hidden='true' />
        <span className='visually-hidden'>, opens in a new tab</span>
      </span>
    </a>
  )
}

function siteOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

/** Gives the focus to the comments, or to the page, since the button that had it is gone. */
function focusComments(): void {
  const place = document.getElementById('comments') ?? document.querySelector('main')
  place?.focus()
}
