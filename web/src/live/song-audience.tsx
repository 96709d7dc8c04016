import { formatCount } from '../format/count.ts'
import { useLiveUpdate } from './use-live-update.ts'

/** The number of people who hear a song now. Nothing while it is not known, or nobody else hears it. */
export function SongAudience({ songId, className = '' }: { songId: string | null; className?: string | undefined }) {
  const onSong = useLiveUpdate()?.usersOnSong
  if (!onSong || onSong.songId !== songId || onSong.users < 2) return null
  return <span className={className}>{formatCount(onSong.users)} hear this song</span>
}
