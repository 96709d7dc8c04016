import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import sharp from 'sharp'

const run = promisify(execFile)

/** A file as a browser's picker gives it. */
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
  /** A colour, for a cover of it, or a picture. */ cover?: string | Buffer
}

/** An MP3 of one tone that swells now and then, with its tags and a cover where they are given. */
export async function songFile(
  name: string,
  { frequencyHz = 440, seconds = 20, title, artist, album, cover }: SongFileOptions = {}
): Promise<SongFile> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  try {
    const tags = Object.entries({ title, artist, album }).flatMap(([key, value]) =>
      value === undefined ? [] : ['-metadata', `${key}=${value}`]
    )
    const picture = join(folder, 'cover.png')
    if (cover) {
      await writeFile(
        picture,
        typeof cover === 'string'
          ? await sharp({ create: { width: 400, height: 400, channels: 3, background: cover } })
              .png()
              .toBuffer()
          : cover
      )
    }
    const tone = `sine=frequency=${frequencyHz}:duration=${seconds},volume='0.3+0.25*sin(t*1.7)+0.2*sin(t*5.3)':eval=frame`
    await run('ffmpeg', [
      '-hide_banner',
      '-nostdin',
      '-loglevel',
      'error',
      '-f',
      'lavfi',
      '-i',
      tone,
      ...(cover ? ['-i', picture, '-map', '0:a', '-map', '1:v', '-disposition:v', 'attached_pic'] : []),
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

/** Goes to the library. */
export async function openLibrary(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Your songs' }).click()
  await page.getByRole('heading', { name: 'Your songs' }).waitFor()
}

/** Chooses files to upload, where there is a button for it. */
export async function choose(page: Page, files: SongFile[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  // That it is waited for goes to the browser by another way than the click: it is there when this has come back.
  await page.evaluate(() => null)
  await page.getByRole('button', { name: 'Upload songs' }).click()
  await (await choosing).setFiles(files)
}

/** Making a song takes a processor; a machine with much else to do takes its time. */
const mostMs = 60_000

/** Waits until a song can be played. */
export async function untilReady(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: `Play ${title}`, exact: true }).waitFor({ timeout: mostMs })
}
