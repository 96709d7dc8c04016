/** Where the player reads the bytes of one song: an Ogg Opus file, wherever it is stored. */
export interface SongSource {
  readonly sizeBytes: number
  readonly durationMs: number
  /**
   * Reads the bytes from `start` up to, not including, `end`; both lie within the file. Throws NOT_FOUND once the song
   * is deleted, and what the storage throws.
   */
  read(start: number, end: number): Promise<Uint8Array>
}
