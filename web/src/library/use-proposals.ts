import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { MetadataField, Song, SongMetadata } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { useRepeated } from '../ui/use-repeated.ts'
import { acceptProposal } from './accept-proposal.ts'
import { changedFields, valueOf } from './proposed-fields.ts'
import { ProposedSongList, type ProposedSongsView } from './proposed-songs.ts'

/** While the repositories are being asked, their progress is loaded again after this time. */
const progressEveryMs = 10_000

/** An accepted proposal: the fields that changed, and their values before. */
export interface AcceptedProposal {
  fields: MetadataField[]
  previous: Song
}

/** The proposals for the user's songs, and what a person can do with them. */
export interface Proposals extends ProposedSongsView {
  accepted: ReadonlyMap<string, AcceptedProposal>
  /** Songs that changed here, as they are now. */
  changedSongs: ReadonlyMap<string, Song>
  /** Takes the best proposal for a song. */
  accept: (song: Song) => Promise<void>
  /** Gives a song the values that it had before a proposal was accepted. They count as typed by the owner. */
  undo: (song: Song) => Promise<void>
  /** Takes over what the server answered to a change of a song's details. */
  settle: (metadata: SongMetadata) => void
  refresh: () => Promise<void>
  /** Names a song whose row is on the screen. Returns a function that ends that. */
  show: (songId: string) => () => void
}

/**
 * Follows the proposals for the user's songs.
 * @param isWatching whether the progress is shown now
 * @param onSongChanged called with a song whose fields changed
 */
export function useProposals(isWatching: boolean, onSongChanged: (song: Song) => void): Proposals {
  const list = useMemo(() => new ProposedSongList(ambient.metadata), [])
  const view = useSyncExternalStore(list.subscribe, () => list.view)
  const [accepted, setAccepted] = useState<ReadonlyMap<string, AcceptedProposal>>(new Map())
  const [changedSongs, setChangedSongs] = useState<ReadonlyMap<string, Song>>(new Map())
  const undone = useRef(new Set<string>())
  const isAsking = view.progress !== null && view.progress.asked < view.progress.total

  useRepeated(
    useCallback(() => list.reloadSoon(), [list]),
    isWatching && isAsking ? progressEveryMs : null
  )

  const forget = useCallback((songId: string) => {
    setAccepted(before => new Map([...before].filter(([id]) => id !== songId)))
  }, [])

  const change = useCallback(
    (song: Song) => {
      setChangedSongs(before => new Map([...before, [song.id, song]]))
      onSongChanged(song)
    },
    [onSongChanged]
  )

  const settle = useCallback(
    (metadata: SongMetadata) => {
      list.settle(metadata)
      forget(metadata.song.id)
      change(metadata.song)
    },
    [list, forget, change]
  )

  const accept = useCallback(
    async (song: Song) => {
      const proposal = list.view.songs.get(song.id)?.proposal
      if (!proposal) return
      const metadata = await acceptProposal(ambient.metadata.accept, song, proposal, undone.current.has(song.id))
      settle(metadata)
      const acceptance = { fields: changedFields(song, metadata.song), previous: song }
      setAccepted(before => new Map([...before, [song.id, acceptance]]))
    },
    [list, settle]
  )

  const undo = useCallback(
    async (song: Song) => {
      const acceptance = accepted.get(song.id)
      if (!acceptance) return
      const { fields, previous } = acceptance
      const values = fields.map(field => [field, valueOf(previous, field) === null ? null : previous[field]])
      change(await ambient.songs.patch(song.id, Object.fromEntries(values)))
      undone.current.add(song.id)
      forget(song.id)
      list.settle(await ambient.metadata.get(song.id))
    },
    [list, accepted, forget, change]
  )

  return { ...view, accepted, changedSongs, accept, undo, settle, refresh: list.refresh, show: list.show }
}
