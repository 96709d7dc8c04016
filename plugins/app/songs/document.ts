import type { Db } from 'mongodb'
import type { Song, SongFailure, SongStatus } from '../../../contract/songs.ts'

/** `receiving`: its upload is coming in; `leaving`: it was deleted, and its bytes are going away. Neither is ever shown. */
export type SongState = 'receiving' | SongStatus | 'leaving'

/** A song as it is stored. */
export interface SongDocument {
  _id: string
  ownerId: string
  state: SongState
  title: string
  artist: string | null
  album: string | null
  durationMs: number
  peaks: number[]
  reason: SongFailure | null
  /** What it takes of its owner's space. */
  sizeBytes: number
  /** Of the song itself, not of its original. */
  audioBytes: number
  /** The part of its artwork's key and address that nobody can guess. */
  artworkName: string
  hasArtwork: boolean
  /** The beginnings it is found by. */
  words: string[]
  /** Who works on it, and until when they need not be heard of; long ago when nobody does. */
  leaseToken: string | null
  leaseUntil: Date
  /** How often somebody began to make a song of it. */
  attempts: number
  /** Its original is no longer needed and about to go. */
  spareOriginal?: true
  /** Where an import took it from, with its owner; missing for uploads. */
  importKey?: string
  createdAt: Date
}

/** What people see of songs. */
export const shownStates: readonly SongState[] = ['processing', 'ready', 'failed']

/** Nobody works on it. */
export const nobodysLease = { leaseToken: null, leaseUntil: new Date(0) } as const

/** All that is kept of a song lies below this key. */
export const folderOf = (songId: string) => `songs/${songId}/`
export const originalKey = (songId: string) => `${folderOf(songId)}original`
export const audioKey = (songId: string) => `${folderOf(songId)}audio.opus.ogg`
export const artworkKey = (songId: string, artworkName: string) => `${folderOf(songId)}artwork-${artworkName}.webp`

/** Where artwork is served: a path, like those of other pictures, which clients resolve against the server they use. */
export function artworkUrlOf({
  _id,
  artworkName,
  hasArtwork
}: Pick<SongDocument, '_id' | 'artworkName' | 'hasArtwork'>): string | null {
  return hasArtwork ? `/v1/artwork/${_id}.${artworkName}` : null
}

/** The last part of an artwork's address. */
export const artworkAddressPattern = '^[A-Za-z0-9_-]{1,64}\\.[A-Za-z0-9_-]{16,64}$'

/** The collection, with its indexes. */
export async function openSongs(db: Db) {
  const songs = db.collection<SongDocument>('songs')
  await songs.createIndex({ ownerId: 1, createdAt: -1, _id: -1 })
  await songs.createIndex({ state: 1, leaseUntil: 1 })
  await songs.createIndex({ spareOriginal: 1 }, { sparse: true })
  await songs.createIndex({ importKey: 1 }, { unique: true, sparse: true })
  return songs
}

/** A song as its owner sees it; what is not shown counts as being processed. */
export function toSong(document: SongDocument, audioUrl: string | null): Song {
  const { _id, state, title, artist, album, durationMs, peaks, reason, sizeBytes, createdAt } = document
  return {
    id: _id,
    title,
    artist,
    album,
    durationMs,
    artworkUrl: artworkUrlOf(document),
    peaks,
    status: state === 'ready' || state === 'failed' ? state : 'processing',
    reason,
    sizeBytes,
    audioUrl,
    createdAt: createdAt.toISOString()
  }
}
