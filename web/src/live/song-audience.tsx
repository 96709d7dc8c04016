import { formatCount } from '../format/count.ts'
import { useLiveUpdate } from './use-live-update.ts'

/** How many people hear a song now, in shows and libraries. Nothing while it is not known, or nobody else does. */
export function SongAudience({ songId, className = '' }: { songId: string | null; className?: string | undefined }) {
  const onSong = useLiveUpdate()?.usersOnSong
  if (!onSong || onSong.songId !== songId || onSong.users < 2) return null
  return <span className={className}>{formatCount(onSong.users)} hear this song</span>
}
