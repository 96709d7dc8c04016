/*
 * node read-tags.ts FILE
 *
 * Prints what the tags of an audio file say, as one line of JSON. It reads what strangers sent, so it runs as a process of its own,
 * which may read files and nothing else.
 */
import { parseFile, selectCover } from 'music-metadata'

const largestPictureBytes = 10 * 1024 * 1024

const [file = ''] = process.argv.slice(2)
const {
  common: { title, artist, album, picture },
  format: { duration }
} = await parseFile(file, { duration: false })
const cover = selectCover(picture)
process.stdout.write(
  JSON.stringify({
    title: title ?? null,
    artist: artist ?? null,
    album: album ?? null,
    durationMs: duration !== undefined && duration > 0 ? Math.round(1000 * duration) : null,
    picture: cover && cover.data.length <= largestPictureBytes ? Buffer.from(cover.data).toString('base64') : null
  })
)
