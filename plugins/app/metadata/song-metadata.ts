import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import {
  metadataFields,
  type MetadataAcceptance,
  type MetadataField,
  type ProposedSongs,
  type SongMetadata
} from '../../../contract/metadata.ts'
import type { PageQuery } from '../../../contract/paging.ts'
import type { SongDocument } from '../songs/document.ts'
import type { SongFields } from '../songs/song-fields.ts'
import type { Songs } from '../songs/songs.ts'
import { isSameName } from './known-artist.ts'
import { matchKeyOf, type Match, type ProposalFinder, type Proposals } from './proposals.ts'

export interface SongMetadataParts {
  songs: Pick<Songs, 'getDocument' | 'view' | 'fields' | 'questions' | 'tellChanged'>
  proposalFinder: ProposalFinder
  /** Called when a song waits for repositories. */
  onWaiting(): void
}

export type SongMetadataService = ReturnType<typeof createSongMetadata>

/** Maximum number of rejected matches of a song; the oldest ones count no longer. */
const maxRejected = 500

/** Proposals of repositories for songs, for the owners of the songs. */
export function createSongMetadata({ songs, proposalFinder, onWaiting }: SongMetadataParts) {
  /** Asks first for a song that somebody looks at. */
  async function askForMissing(song: SongDocument, found: Proposals): Promise<void> {
    if (!isWaiting(song, found)) return
    await songs.questions.askFirst(song.ownerId, song._id)
    onWaiting()
  }

  async function toAnswer(song: SongDocument): Promise<SongMetadata> {
    const found = await proposalFinder.find(song)
    await askForMissing(song, found)
    const sources = Object.entries(song.sources ?? {}).map(([field, source]) => [
      field,
      { ...source, fetchedAt: source.fetchedAt.toISOString() }
    ])
    const { proposals, repositories } = found
    return { song: songs.view(song), sources: Object.fromEntries(sources), proposals, repositories }
  }

  /** Stores whether proposals are left, and returns the song as its owner sees it. */
  async function settled(song: SongDocument): Promise<SongMetadata> {
    const answer = await toAnswer(song)
    await songs.questions.markProposals(song._id, answer.proposals.length > 0)
    return answer
  }

  return {
    /** Returns a song with its proposals, at once. Repositories are asked later if need be. Throws NOT_FOUND. */
    get: async (ownerId: string, songId: string): Promise<SongMetadata> =>
      await toAnswer(await songs.getDocument(ownerId, songId)),

    /**
     * Lists a person's songs that have proposals, newest first. Songs whose answers are too old to be shown are asked
     * for again after all others.
     */
    async list(ownerId: string, query: PageQuery): Promise<ProposedSongs> {
      const { documents, nextCursor } = await songs.questions.listProposed(ownerId, query)
      const listed = await proposalFinder.findForEach(documents)
      const items = listed.flatMap(({ song, found: { proposals } }) =>
        proposals[0] ? [{ song: songs.view(song), proposal: proposals[0] }] : []
      )
      const waiting = listed.filter(({ song, found }) => song.askAt === undefined && isWaiting(song, found))
      if (waiting.length > 0) await songs.questions.askLast(waiting.map(({ song }) => song._id))
      return { items, nextCursor, progress: await songs.questions.countProgress(ownerId) }
    },

    /**
     * Takes values of a proposal. A value that the owner typed stays unless its field is named. Throws NOT_FOUND (also
     * for a proposal whose values have changed), VALIDATION for a field that the proposal does not have.
     */
    async accept(ownerId: string, songId: string, { proposalId, fields }: MetadataAcceptance): Promise<SongMetadata> {
      const { matches } = await proposalFinder.find(await songs.getDocument(ownerId, songId))
      const match = matches.find(({ proposal }) => proposal.id === proposalId)
      if (!match) throw noSuchProposal()
      assertProposed(match, fields)
      const changed = await songs.fields.change(ownerId, songId, song => {
        if (song.rejected?.includes(match.key)) throw noSuchProposal()
        const taken = takenFields(match, song, fields)
        const artistIds = artistIdsAfter(match, song, taken)
        const { source, url, fetchedAt } = match.proposal
        return songs.fields.withFields(song, {
          fields: taken,
          source: { source, url, fetchedAt: new Date(fetchedAt) },
          ...(artistIds && { artistIds })
        })
      })
      await songs.tellChanged(songId)
      return await settled(changed)
    },

    /** Stores that a match is wrong: it is not proposed again, and not on the card of the artist. Throws NOT_FOUND. */
    async reject(ownerId: string, songId: string, proposalId: string): Promise<SongMetadata> {
      const key = matchKeyOf(proposalId)
      const { matches } = await proposalFinder.find(await songs.getDocument(ownerId, songId))
      const changed = await songs.fields.change(ownerId, songId, ({ rejected = [] }) => {
        if (rejected.includes(key)) return null
        if (!matches.some(match => match.key === key)) throw noSuchProposal()
        return { rejected: [...rejected, key].slice(-maxRejected) }
      })
      // The song has another artist key.
      await songs.tellChanged(songId)
      return await settled(changed)
    }
  }
}

/** Tells whether repositories have not answered yet, or their answers are too old to be shown. */
const isWaiting = ({ state }: SongDocument, { repositories }: Proposals): boolean =>
  state === 'ready' && repositories.some(repository => repository.state === 'waiting')

function takenFields({ proposal }: Match, song: SongDocument, named?: readonly MetadataField[]): Partial<SongFields> {
  const fields = named ?? metadataFields.filter(field => song.sources?.[field]?.source !== 'owner')
  return Object.fromEntries(fields.flatMap(field => (proposal[field] === null ? [] : [[field, proposal[field]]])))
}

/** Returns the ids of the artist once the fields are taken; undefined when they stay as they are. */
function artistIdsAfter({ proposal, artistId }: Match, song: SongDocument, taken: Partial<SongFields>) {
  const isSameArtist = isSameName(song.artist, proposal.artist)
  if (taken.artist === undefined && !isSameArtist) return undefined
  if (artistId === null) return isSameArtist ? undefined : {}
  return { ...(isSameArtist && song.artistIds), [proposal.source]: artistId }
}

function assertProposed({ proposal }: Match, fields: readonly MetadataField[] = []): void {
  const issues = fields.flatMap((field, index) =>
    proposal[field] === null ? [{ path: `/fields/${index}`, message: 'has no value in this proposal' }] : []
  )
  if (issues.length > 0) throw invalidRequest(issues)
}

const noSuchProposal = () => new CodedError('NOT_FOUND', 'There is no such proposal.')
