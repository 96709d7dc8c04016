import type { Db } from 'mongodb'
import type { JingleMark } from '../../../contract/jingles.ts'
import type { MetadataField, MetadataSource } from '../../../contract/metadata.ts'
import type { Song, SongFailure, SongFailureDetail, SongStatus } from '../../../contract/songs.ts'

/**
 * `receiving`: its upload is still arriving. `leaving`: it was deleted, and its bytes are being removed. The API shows
 * neither of them.
 */
export type SongState = 'receiving' | SongStatus | 'leaving'

/** Source of a field: `owner`, typed by the owner, or the repository it was taken from. */
export interface FieldSource {
  source: 'owner' | MetadataSource
  url: string | null
  fetchedAt: Date
}

/** Fields of a song that repositories are asked about. */
export type AskedSong = Pick<SongDocument, 'title' | 'artist' | 'album' | 'durationMs'>

/** A song in the collection `songs`. */
export interface SongDocument {
  _id: string
  ownerId: string
  state: SongState
  title: string
  artist: string | null
  album: string | null
  /** Absent in songs without one. */
  year?: number | null
  /** Address of a page about the song; absent in songs without one. */
  link?: string | null
  /** The owner allows it in replays of shows; absent: no. */
  mayReplay?: boolean
  /** The owner allows it in HTTP streams of live shows; absent: no. */
  mayStream?: boolean
  /** Its pad; absent or null in songs that are no jingle. */
  jingle?: JingleMark | null
  /** The owner, in songs with a pad, to find them by. */
  jingleOf?: string | null
  /** Sources of the fields; absent for those from a file name. */
  sources?: Partial<Record<MetadataField, FieldSource>>
  /** Number of changes of the fields, for conditional updates. */
  edits?: number
  /** Listeners, such as playlists, may not have followed the last change of the fields. */
  hasUntoldChange?: true
  /** Key of the card of the artist. */
  artistKey?: string
  /** Ids of the artist in the repositories whose proposals the owner accepted. */
  artistIds?: Partial<Record<MetadataSource, string>>
  /** The song as repositories are asked for it. Accepting a proposal does not change it. */
  question?: AskedSong
  /** Time of the next question to repositories; absent when nothing is left to ask. */
  askAt?: Date
  /** Last time that all repositories were asked. */
  askedAt?: Date
  /** Repositories that did not answer then. */
  failedSources?: MetadataSource[]
  /** Matches of proposals that the owner rejected. */
  rejected?: string[]
  /** A list of proposed songs has to look at it. */
  hasProposals?: boolean
  durationMs: number
  peaks: number[]
  reason: SongFailure | null
  /** More about the reason; absent for most of them. */
  failure?: SongFailureDetail
  /** Bytes that count against the owner's quota. */
  sizeBytes: number
  /** Size of the song itself, without its original. */
  audioBytes: number
  /** Unguessable part of the artwork's storage key and URL. */
  artworkName: string
  hasArtwork: boolean
  /** Words that a search finds the song by. */
  words: string[]
  /** Token of the server that works on the song; null when none does. */
  leaseToken: string | null
  /** When another server may take the song over. Long past when none works on it. */
  leaseUntil: Date
  /** Number of times that transcoding was started. */
  attempts: number
  /** The original is no longer needed and will be removed. */
  spareOriginal?: true
  /** Owner and source path of an imported song; absent for uploads. */
  importKey?: string
  createdAt: Date
}

/** Rights that the owner of a song gives, and the owner. */
export interface SongRights {
  mayReplay: boolean
  mayStream: boolean
  ownerId: string
}

/** States of the songs that the API shows. */
export const visibleStates: readonly SongState[] = ['processing', 'ready', 'failed']

/** Fields of a song that no server works on. */
export const noLease = { leaseToken: null, leaseUntil: new Date(0) } as const

/** Storage prefix of all objects of a song. */
export const folderOf = (songId: string) => `songs/${songId}/`
export const originalKey = (songId: string) => `${folderOf(songId)}original`
export const audioKey = (songId: string) => `${folderOf(songId)}audio.opus.ogg`
export const artworkKey = (songId: string, artworkName: string) => `${folderOf(songId)}artwork-${artworkName}.webp`

/** Returns the path that serves the artwork, as for other pictures. Clients resolve it against the server they use. */
export function artworkUrlOf({
  _id,
  artworkName,
  hasArtwork
}: Pick<SongDocument, '_id' | 'artworkName' | 'hasArtwork'>): string | null {
  return hasArtwork ? `/v1/artwork/${_id}.${artworkName}` : null
}

/** Pattern of the last segment of an artwork URL. */
export const artworkAddressPattern = '^[A-Za-z0-9_-]{1,64}\\.[A-Za-z0-9_-]{16,64}$'

/** Opens the collection `songs` and creates its indexes. */
export async function openSongs(db: Db) {
  const songs = db.collection<SongDocument>('songs')
  await songs.createIndex({ ownerId: 1, state: 1, createdAt: -1, _id: -1 })
  await songs.createIndex({ state: 1, leaseUntil: 1 })
  await songs.createIndex({ spareOriginal: 1 }, { sparse: true })
  await songs.createIndex({ hasUntoldChange: 1 }, { sparse: true })
  await songs.createIndex({ jingleOf: 1 }, { sparse: true })
  await songs.createIndex({ importKey: 1 }, { unique: true, sparse: true })
  // The state is in each of these: the embedded store takes the index that has more fields of a filter.
  await songs.createIndex({ state: 1, askAt: 1 })
  await songs.createIndex({ ownerId: 1, state: 1, askAt: 1 })
  await songs.createIndex({ artistKey: 1, state: 1 })
  await songs.createIndex({ ownerId: 1, state: 1, hasProposals: 1, createdAt: -1, _id: -1 })
  await songs.createIndex({ ownerId: 1, state: 1, askedAt: 1 })
  return songs
}

/** Returns a song as its owner sees it. Songs in a hidden state appear as `processing`. */
export function toSong(document: SongDocument, audioUrl: string | null): Song {
  const {
    _id,
    state,
    title,
    artist,
    album,
    year,
    link,
    artistKey,
    mayReplay,
    mayStream,
    jingle,
    durationMs,
    peaks,
    reason,
    failure,
    sizeBytes,
    createdAt
  } = document
  return {
    id: _id,
    title,
    artist,
    album,
    ...(year !== undefined && { year }),
    ...(link !== undefined && { link }),
    ...(artistKey !== undefined && { artistKey }),
    ...(mayReplay !== undefined && { mayReplay }),
    ...(mayStream !== undefined && { mayStream }),
    ...(jingle && { jingle }),
    durationMs,
    artworkUrl: artworkUrlOf(document),
    peaks,
    status: state === 'ready' || state === 'failed' ? state : 'processing',
    reason,
    ...(failure && { failure }),
    sizeBytes,
    audioUrl,
    createdAt: createdAt.toISOString()
  }
}
