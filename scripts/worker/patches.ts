import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { SetupError } from '../setup-error.ts'

/** A change to one place of the worker's source. */
export interface Mend {
  /** The file, relative to the worker's folder. */
  readonly file: string
  /** The text to change: has to be there exactly once. */
  readonly find: string
  readonly replace: string
  readonly why: string
}

/** What has to differ from mediasoup's source for Debian's libraries. */
export const mends: readonly Mend[] = [
  {
    file: 'meson.build',
    find: "meson_version: '>= 1.1.0'",
    replace: "meson_version: '>= 1.0.0'",
    why: 'Debian 12 has meson 1.0.1, and nothing newer is used'
  },
  {
    file: 'src/RTC/DtlsTransport.cpp',
    find: '(operationType == BIO_CB_RETURN)',
    replace: '(operationType & BIO_CB_RETURN)',
    why: 'the callback answered 1 to every completed control call: an OpenSSL with kernel TLS then takes it to be on and crashes in the first handshake'
  }
]

/**
 * Applies every mend to a copy of the worker's source.
 * @throws SetupError when a text is not there exactly once: building on would leave out something that matters
 */
export async function applyMends(sourceFolder: string, list: readonly Mend[] = mends): Promise<void> {
  for (const mend of list) {
    const path = join(sourceFolder, mend.file)
    const text = await readFile(path, 'utf8')
    await writeFile(path, mended(text, mend))
  }
}

function mended(text: string, { file, find, replace, why }: Mend): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const found = after === undefined ? 'is no longer' : 'is more than once'
    throw new SetupError(
      `The media worker is not built: \`${find}\` ${found} in mediasoup's worker/${file}. ` +
        `It is changed because ${why}. Look at what the file does now and adapt scripts/worker/patches.ts.`
    )
  }
  return before + replace + after
}
