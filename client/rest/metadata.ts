import type { ArtistCard, MetadataField, ProposedSongs, SongMetadata } from '../../contract/metadata.ts'
import type { SongUpdateListener } from '../personal-connection.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

export interface MetadataParts {
  request: AuthorizedRequest
  /** Calls back with updates of the user's songs. Returns a function that stops that. */
  listen: (listener: SongUpdateListener) => () => void
}

/** Creates the requests about what repositories know: proposals for the user's own songs, and cards of artists. */
export function createMetadataApi({ request, listen }: MetadataParts) {
  return {
    /** Returns the songs that have proposals, newest first, each with its best one, and for how many was asked. */
    list: async (page: PageOptions = {}) => await request<ProposedSongs>('GET', `/songs/proposals${toQuery(page)}`),
    /** Returns a song with its proposals, the source of each value, and the state of each repository. */
    get: async (songId: string) => await request<SongMetadata>('GET', `/songs/${songId}/metadata`),
    /**
     * Takes the values of a proposal. Without `fields`, values that the owner typed stay; a field that is named is
     * replaced in any case. Throws NOT_FOUND when the proposal is gone.
     */
    accept: async (songId: string, proposalId: string, fields?: MetadataField[]) =>
      await request<SongMetadata>('POST', `/songs/${songId}/metadata/accept`, {
        proposalId,
        ...(fields && { fields })
      }),
    /** Says that a proposal is about another song. It is not proposed again. */
    reject: async (songId: string, proposalId: string) =>
      await request<SongMetadata>('POST', `/songs/${songId}/metadata/reject`, { proposalId }),
    /** Returns the card of an artist, for a key of a song or a playlist item. Throws NOT_FOUND. */
    artist: async (key: string) => await request<ArtistCard>('GET', `/artists/${key}`),
    /**
     * Calls back when the proposals for one of the user's songs changed. Returns a function that stops that. `onMissed`
     * is called each time a connection opens: changes from before were not received.
     */
    onChange: (
      onMetadata: NonNullable<SongUpdateListener['onMetadata']>,
      onMissed: SongUpdateListener['onMissed'] = () => {}
    ): (() => void) => listen({ onMetadata, onMissed })
  }
}
