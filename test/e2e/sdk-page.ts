import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Visitor } from './browser.ts'

const origin = 'https://sdk.test'
const root = join(import.meta.dirname, '..', '..')

/** Opens an empty page that can import SDK files by their path in the repository, if they import only each other. */
export async function openSdkPage({ context }: Pick<Visitor, 'context'>): Promise<Page> {
  await context.route(`${origin}/**`, async route => {
    const { pathname } = new URL(route.request().url())
    if (!pathname.endsWith('.ts')) {
      return await route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>SDK</title>' })
    }
    const source = await readFile(join(root, pathname), 'utf8')
    return await route.fulfill({ contentType: 'text/javascript', body: stripTypeScriptTypes(source) })
  })
  const page = await context.newPage()
  await page.goto(`${origin}/`)
  return page
}
