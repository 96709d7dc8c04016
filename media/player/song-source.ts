/** The source from which the player reads one song: an Ogg Opus file in any storage. */
export interface SongSource {
  readonly songId: string
  readonly sizeBytes: number
  readonly durationMs: number
  /**
   * Reads the bytes from `start` up to, not including, `end`; both lie within the file. Throws NOT_FOUND once the song
   * is deleted, and the errors of the storage.
   */
  read(start: number, end: number): Promise<Uint8Array>
}
