import { useState } from 'react'
import { Button } from 'react-aria-components'
import { CodedError, type ShowRoom } from '../../../client/index.ts'
import styles from './reactions.module.css'

interface Emoji { emoji: string, name: string }

const usual: readonly Emoji[] = named('❤️ Love, 👏 Applause, 😂 Laughing, 🔥 Fire, 🎉 Celebration, 👍 Thumbs up')
const others: readonly Emoji[] = named('😮 Surprise, 😢 Tears, 🙏 Thanks, 💯 Hundred, 🙌 Hands up, 🤔 Thinking, 👀 Eyes, ✨ Sparkles, 🥳 Party, 🤝 Handshake, 🎶 Music, 👋 Waving')

function named (list: string): Emoji[] {
  return list.split(', ').map(pair => ({ emoji: pair.slice(0, pair.indexOf(' ')), name: pair.slice(pair.indexOf(' ') + 1) }))
}

/** A few feelings, each one tap. */
export function Reactions ({ show, onClose }: { show: ShowRoom, onClose: () => void }) {
  const [all, setAll] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function react (emoji: string) {
    try {
      await show.react(emoji)
      setFault(null)
    } catch (error) {
      setFault(error instanceof CodedError && error.code === 'RATE_LIMITED' ? 'That is a lot at once. Wait a moment.' : String(error))
    }
  }

  return (
    <div id='reactions' className={styles.reactions} role='group' aria-label='Reactions' onKeyDown={event => { if (event.key === 'Escape') onClose() }}>
      {(all ? [...usual, ...others] : usual).map(({ emoji, name }) => (
        <Button key={emoji} className={styles.emoji ?? ''} aria-label={name} onPress={() => { react(emoji) }}>{emoji}</Button>
      ))}
      <Button className={styles.more ?? ''} aria-expanded={all} onPress={() => setAll(!all)}>{all ? 'Fewer' : 'More'}</Button>
      {fault && <span role='alert' className={styles.fault}>{fault}</span>}
    </div>
  )
}
