import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import sharp from 'sharp'

const run = promisify(execFile)

/** A file as the browser's file picker returns it. */
export interface SongFile {
  name: string
  mimeType: string
  buffer: Buffer
}

interface SongFileOptions {
  frequencyHz?: number
  seconds?: number
  title?: string
  artist?: string
  album?: string
  /** The color of a plain cover, or the bytes of a PNG. */
  cover?: string | Buffer
}

/** Makes an MP3 of one tone that swells and fades, with optional tags and cover. */
export async function makeSongFile(
  name: string,
  { frequencyHz = 440, seconds = 20, title, artist, album, cover }: SongFileOptions = {}
): Promise<SongFile> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  try {
    const tags = Object.entries({ title, artist, album }).flatMap(([key, value]) =>
      value === undefined ? [] : ['-metadata', `${key}=${value}`]
    )
    const coverPath = join(folder, 'cover.png')
    if (cover) {
      await writeFile(
        coverPath,
        typeof cover === 'string'
          ? await sharp({ create: { width: 400, height: 400, channels: 3, background: cover } })
              .png()
              .toBuffer()
          : cover
      )
    }
    const volume = "volume='0.3+0.25*sin(t*1.7)+0.2*sin(t*5.3)':eval=frame"
    const tone = `sine=frequency=${frequencyHz}:duration=${seconds},${volume}`
    await run('ffmpeg', [
      '-hide_banner',
      '-nostdin',
      '-loglevel',
      'error',
      '-f',
      'lavfi',
      '-i',
      tone,
      ...(cover ? ['-i', coverPath, '-map', '0:a', '-map', '1:v', '-disposition:v', 'attached_pic'] : []),
      ...tags,
      '-b:a',
      '64k',
      join(folder, 'song.mp3')
    ])
    return { name, mimeType: 'audio/mpeg', buffer: await readFile(join(folder, 'song.mp3')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opens the library page. */
export async function openLibrary(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Your songs' }).click()
  await page.getByRole('heading', { name: 'Your songs' }).waitFor()
}

/** Uploads files with the upload button. */
export async function chooseFiles(page: Page, files: SongFile[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  // The listener reaches the browser on another channel than the click. It is registered when this call returns.
  await page.evaluate(() => null)
  await page.getByRole('button', { name: 'Upload songs' }).click()
  await (await choosing).setFiles(files)
}

/** Transcoding is slow on a busy machine. */
const transcodeTimeoutMs = 60_000

/** Waits until a song is processed and can be played. */
export async function waitUntilReady(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: `Play ${title}`, exact: true }).waitFor({ timeout: transcodeTimeoutMs })
}
