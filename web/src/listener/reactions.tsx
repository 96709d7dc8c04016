import { useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { Minus, Plus } from 'lucide-react'
import { CodedError, type ShowRoom } from '../../../client/index.ts'
import { useFocusBack } from '../stage/use-focus-back.ts'
import styles from './reactions.module.css'

interface Emoji {
  emoji: string
  name: string
}

const usual: readonly Emoji[] = named('❤️ Love, 👏 Applause, 😂 Laughing, 🔥 Fire, 🎉 Celebration, 👍 Thumbs up')
const others: readonly Emoji[] = named(
  '😮 Surprise, 😢 Tears, 🙏 Thanks, 💯 Hundred, 🙌 Hands up, 🤔 Thinking, 👀 Eyes, ✨ Sparkles, 🥳 Party, 🤝 Handshake, 🎶 Music, 👋 Waving'
)

function named(list: string): Emoji[] {
  return list
    .split(', ')
    .map(pair => ({ emoji: pair.slice(0, pair.indexOf(' ')), name: pair.slice(pair.indexOf(' ') + 1) }))
}

/** A few feelings, each one tap. */
export function Reactions({ show, onClose }: { show: ShowRoom; onClose: () => void }) {
  const place = useRef<HTMLDivElement>(null)
  const [all, setAll] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  useFocusBack(place)

  async function react(emoji: string) {
    try {
      await show.react(emoji)
      setFault(null)
    } catch (error) {
      setFault(
        error instanceof CodedError && error.code === 'RATE_LIMITED'
          ? 'That is a lot at once. Wait a moment.'
          : String(error)
      )
    }
  }

  return (
    <div
      ref={place}
      id='reactions'
      className={styles.reactions}
      role='group'
      aria-label='Reactions'
      onKeyDown={event => {
        if (event.key === 'Escape') onClose()
      }}
    >
      {(all ? [...usual, ...others] : usual).map(({ emoji, name }) => (
        <Button
          key={emoji}
          className={styles.emoji ?? ''}
          aria-label={name}
          onPress={() => {
            react(emoji)
          }}
        >
          {emoji}
        </Button>
      ))}
      <Button
        className={styles.emoji ?? ''}
        aria-label={all ? 'Fewer reactions' : 'More reactions'}
        aria-expanded={all}
        onPress={() => setAll(!all)}
      >
        {all ? <Minus size={20} aria-hidden='true' /> : <Plus size={20} aria-hidden='true' />}
      </Button>
      {fault && (
        <span role='alert' className={styles.fault}>
          {fault}
        </span>
      )}
    </div>
  )
}
