import type { SongQuestion } from '../metadata-repository.ts'

/** Track number in front of a file's title: `03 - Title`, `3. Title`, `03 Title`; not `99 Red Balloons`. */
const trackNumber = /^(?:\d{1,3}\s*[.)_-]\s*|0\d\s+)(?=\S)/u
const artistAndTitle = /^(.{1,200}?)\s+[-–—]\s+(\S.*)$/u

/** Returns the question with artist and title taken from a title such as `03 - Artist - Title`, as files are named. */
export function readNamedSong(question: SongQuestion): SongQuestion {
  const title = question.title.replace(trackNumber, '')
  if (question.artist !== null) return { ...question, title: withoutArtist(title, question.artist) }
  const [, artist, rest] = artistAndTitle.exec(title) ?? []
  if (artist === undefined || rest === undefined) return { ...question, title }
  return { ...question, artist: artist.trim(), title: rest.trim() }
}

/** Removes the artist in front of a title, if it is that of the song. */
function withoutArtist(title: string, artist: string): string {
  const [, first, rest] = artistAndTitle.exec(title) ?? []
  return rest !== undefined && first?.trim().toLowerCase() === artist.trim().toLowerCase() ? rest.trim() : title
}
