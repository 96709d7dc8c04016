import { Type } from 'typebox'
import { minSongLevelDb } from './song-gain.ts'

/** The level of songs for everybody in a show, dB. 0 is the level to which songs are normalised. */
export const SongLevelDb = Type.Integer({
  minimum: minSongLevelDb,
  maximum: 0,
  description: 'Level of songs for everybody, dB; 0 is full'
})
