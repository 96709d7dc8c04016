/*
 * node read-tags.ts FILE
 *
 * Prints the tags of an audio file as one line of JSON, followed by the bytes of its cover, if it has one. It parses
 * files of strangers, so it runs in a process of its own that may only read files.
 */
import { parseFile, selectCover } from 'music-metadata'

const maxPictureBytes = 32 * 1024 * 1024

const [file = ''] = process.argv.slice(2)
const {
  common: { title, artist, album, picture },
  format: { duration }
} = await parseFile(file, { duration: false })
process.stdout.write(
  `${JSON.stringify({
    title: title ?? null,
    artist: artist ?? null,
    album: album ?? null,
    durationMs: duration !== undefined && duration > 0 ? Math.round(1000 * duration) : null
  })}\n`
)
const cover = selectCover(picture)
if (cover && cover.data.length <= maxPictureBytes) process.stdout.write(cover.data)
