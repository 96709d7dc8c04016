import { ExternalLink, Heart } from 'lucide-react'
import type { ReplayItem, ReplayReactions, ReplaySpeaker } from '../../../client/index.ts'
import { formatCounted } from '../format/count.ts'
import { Artwork } from '../library/artwork.tsx'
import { cuesAt, type Cue } from './captions.ts'
import { itemIndexAt } from './items.ts'
import type { ReplayPlayer } from './replay-player.ts'
import { isSpeakingAt } from './spans.ts'
import { reactionsAt } from './use-reactions.ts'
import { usePlayback, usePosition } from './use-player.ts'
import styles from './moment-strip.module.css'

interface MomentStripProps {
  player: ReplayPlayer
  items: readonly ReplayItem[]
  captions: readonly Cue[]
  speakers: readonly ReplaySpeaker[]
  reactions: ReplayReactions
}

/** The current moment of a replay: the captions or who speaks, the song or its card, and the reactions. */
export function MomentStrip({ player, items, captions, speakers, reactions }: MomentStripProps) {
  const item = items[usePlayback(player, ({ positionMs }) => itemIndexAt(items, positionMs))]
  const count = usePlayback(player, ({ positionMs }) => reactionsAt(reactions, positionMs))
  return (
    <div
      className={`${styles.strip} ${captions.length > 0 ? styles.captioned : ''} ${items.length > 0 ? styles.withItems : ''}`}
    >
      <div className={styles.words}>
        {captions.length > 0 ? (
          <Captions player={player} captions={captions} />
        ) : (
          <SpeakerNames player={player} speakers={speakers} />
        )}
      </div>
      {/* Screen readers read it aloud: a song that was cut is not heard. */}
      <div role='status' className={styles.item}>
        {item && <ItemCard item={item} />}
      </div>
      <p className={styles.reactions}>
        {count > 0 && (
          <>
            <Heart key={count} size={16} fill='currentColor' aria-hidden='true' className={styles.heart} />
            {formatCounted(count, 'reaction', 'reactions')}
          </>
        )}
      </p>
    </div>
  )
}

function Captions({ player, captions }: { player: ReplayPlayer; captions: readonly Cue[] }) {
  const shown = cuesAt(captions, usePosition(player, 100))
  return shown.map(({ fromMs, name, text }) => (
    <p key={`${fromMs} ${name}`} className={styles.caption} dir='auto'>
      {name && <strong className={styles.speaker}>{name}</strong>} {text}
    </p>
  ))
}

function SpeakerNames({ player, speakers }: { player: ReplayPlayer; speakers: readonly ReplaySpeaker[] }) {
  const names = usePlayback(player, ({ positionMs }) =>
    speakers
      .filter(({ spans }) => isSpeakingAt(spans, positionMs))
      .map(({ person }) => person.displayName)
      .join(', ')
  )
  return names && <p className={styles.names}>{names}</p>
}

function ItemCard({ item: { title, artists, artworkUrl, link, played, kind } }: { item: ReplayItem }) {
  return (
    <div className={styles.card}>
      <Artwork url={artworkUrl} />
      <span className={styles.text}>
        <strong className={styles.title}>{title}</strong>
        <span className={styles.artists}>{artists.join(', ') || 'Unknown artist'}</span>
        {!played && <span className={styles.note}>Played in the show, not part of the replay</span>}
      </span>
      {link && (
        <a href={link} target='_blank' rel='noreferrer noopener nofollow' className={styles.link}>
          <ExternalLink size={18} aria-hidden='true' />
          <span className='visually-hidden'>
            {kind === 'spotify' ? 'Open in Spotify' : 'Open the song’s page'}, opens in a new tab
          </span>
        </a>
      )}
    </div>
  )
}
