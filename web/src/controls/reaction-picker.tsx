import { useRef, useState } from 'react'
import { Minus, Plus } from 'lucide-react'
import { CodedError, type ShowRoom } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { Button } from '../ui/button.tsx'
import { useRestoreFocus } from '../ui/use-restore-focus.ts'
import styles from './reaction-picker.module.css'

interface Emoji {
  emoji: string
  name: string
}

const commonEmojis = parseEmojis('❤️ Love, 👏 Applause, 😂 Laughing, 🔥 Fire, 🎉 Celebration, 👍 Thumbs up')
const otherEmojis = [
  ...parseEmojis('😮 Surprise, 😢 Tears, 🙏 Thanks, 💯 Hundred, 🙌 Raised hands, 🤔 Thinking, 👀 Eyes'),
  ...parseEmojis('✨ Sparkles, 🥳 Party, 🤝 Handshake, 🎶 Music, 👋 Waving')
]

function parseEmojis(list: string): readonly Emoji[] {
  return list
    .split(', ')
    .map(pair => ({ emoji: pair.slice(0, pair.indexOf(' ')), name: pair.slice(pair.indexOf(' ') + 1) }))
}

/** The emojis to react with, each one tap. */
export function ReactionPicker({ show }: { show: ShowRoom }) {
  const container = useRef<HTMLDivElement>(null)
  const [isExpanded, setIsExpanded] = useState(false)
  const [error, setError] = useState<string | null>(null)

  useRestoreFocus(container)

  async function react(emoji: string) {
    try {
      await show.react(emoji)
      setError(null)
    } catch (error) {
      setError(
        error instanceof CodedError && error.code === 'RATE_LIMITED'
          ? 'That’s a lot at once. Wait a moment.'
          : errorMessage(error)
      )
    }
  }

  return (
    <div ref={container} id='reactions' className={styles.reactions} role='group' aria-label='Reactions'>
      {(isExpanded ? [...commonEmojis, ...otherEmojis] : commonEmojis).map(({ emoji, name }) => (
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
        aria-label={isExpanded ? 'Fewer reactions' : 'More reactions'}
        aria-expanded={isExpanded}
        onPress={() => setIsExpanded(!isExpanded)}
      >
        {isExpanded ? <Minus size={20} aria-hidden='true' /> : <Plus size={20} aria-hidden='true' />}
      </Button>
      {error && (
        <span role='alert' className={styles.error}>
          {error}
        </span>
      )}
    </div>
  )
}
