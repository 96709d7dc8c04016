/*
 * node scripts/icons.ts
 *
 * Makes the pictures of the installed app from `web/public/icon.svg`. They are in the repository: run this after a
 * change of the drawing.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const folder = join(import.meta.dirname, '..', 'web', 'public')
const ground = '#171310'
/** The part of a maskable icon that every mask shows: https://www.w3.org/TR/appmanifest/#icon-masks */
const safeShare = 0.8

const svg = await readFile(join(folder, 'icon.svg'))
const draw = (size: number) => sharp(svg, { density: (72 * size) / 32 }).resize(size, size)

/** Writes the drawing with its round corners. */
async function writeIcon(size: number): Promise<void> {
  await draw(size)
    .png({ compressionLevel: 9, palette: true })
    .toFile(join(folder, `icon-${size}.png`))
}

/** Writes the drawing inside of a full square, which the system cuts to its own shape. */
async function writeSquare(name: string, size: number): Promise<void> {
  const drawing = await draw(Math.round(size * safeShare))
    .png()
    .toBuffer()
  await sharp({ create: { width: size, height: size, channels: 3, background: ground } })
    .composite([{ input: drawing, gravity: 'centre' }])
    .png({ compressionLevel: 9, palette: true })
    .toFile(join(folder, name))
}

await Promise.all([
  writeIcon(192),
  writeIcon(512),
  writeSquare('icon-maskable.png', 512),
  writeSquare('icon-apple.png', 180)
])
