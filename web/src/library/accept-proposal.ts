import type { Ambient, MetadataProposal, Song, SongMetadata } from '../../../client/index.ts'
import { changedFields, valueOf } from './proposed-fields.ts'

/**
 * Takes the values of a proposal. A value that the owner typed stays, but a field without a value is filled: the owner,
 * or an undo, may have cleared it before.
 * @param wasUndone the acceptance was undone: what the undo saved is replaced too
 */
export async function acceptProposal(
  accept: Ambient['metadata']['accept'],
  song: Song,
  proposal: MetadataProposal,
  wasUndone: boolean
): Promise<SongMetadata> {
  const found = changedFields(song, proposal)
  const metadata = await accept(song.id, proposal.id, wasUndone && found.length > 0 ? found : undefined)
  const empty = found.filter(field => valueOf(metadata.song, field) === null)
  return empty.length === 0 ? metadata : await accept(song.id, proposal.id, empty)
}
