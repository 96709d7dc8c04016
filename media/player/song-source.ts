/** A song as the player reads it, wherever it is stored: an Ogg Opus file, piece by piece. */
export interface SongBytes {
  readonly sizeBytes: number
  readonly durationMs: number
  /** The bytes from `start` up to, not including, `end`; both lie within the file. */
  read(start: number, end: number): Promise<Uint8Array>
}
