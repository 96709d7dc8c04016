import { lazy, useEffect, useState } from 'react'
import type { Song } from '../../../client/index.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { ProposalStrip } from './proposal-strip.tsx'
import { SongActions } from './song-actions.tsx'
import { SongRow } from './song-row.tsx'
import type { Proposals } from './use-proposals.ts'

const SongDetailsDialog = lazy(async () => ({
  default: (await import('./details/song-details-dialog.tsx')).SongDetailsDialog
}))

interface SongEntryProps {
  song: Song
  proposals: Proposals
  /** Says at the row what was found for the song. */
  hasStrip: boolean
  onRemoved: () => void
}

/** A song in the library with what can be done with it, and what was found for it. */
export function SongEntry({ song, proposals, hasStrip, onRemoved }: SongEntryProps) {
  const [isOpen, setIsOpen] = useState(false)
  const open = () => setIsOpen(true)
  const { show } = proposals
  useEffect(() => (hasStrip ? show(song.id) : undefined), [show, song.id, hasStrip])
  return (
    <>
      <SongRow
        song={song}
        footer={
          hasStrip && (
            <ProposalStrip
              song={song}
              proposal={proposals.songs.get(song.id)?.proposal}
              accepted={proposals.accepted.get(song.id)}
              onAccept={async () => await proposals.accept(song)}
              onUndo={async () => await proposals.undo(song)}
              onOpen={open}
            />
          )
        }
      >
        <SongActions song={song} onRemoved={onRemoved} onOpenDetails={open} />
      </SongRow>
      {isOpen && (
        <LazyBoundary>
          <SongDetailsDialog
            song={song}
            onChanged={metadata => proposals.settle(metadata)}
            onClose={() => setIsOpen(false)}
          />
        </LazyBoundary>
      )}
    </>
  )
}
