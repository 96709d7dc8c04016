import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import type { Visitor } from '../../e2e/browser.ts'

/** Serves the SDK to the pages of a visitor, at `/sdk-page/` of a server. */
export async function routeSdk({ context }: Visitor, url: string): Promise<void> {
  const scripts = await bundleSdk()
  await context.route(`${url}/sdk-page/*`, async (route, request) => {
    const body = scripts.get(new URL(request.url()).pathname.slice('/sdk-page/'.length))
    await route.fulfill(body === undefined ? { status: 404 } : { contentType: 'text/javascript', body })
  })
}

/** Opens a page of a server that has only the SDK. It is ready when it says so. */
export async function openSdkPage(page: Page, url: string): Promise<void> {
  // Chromium lets a page without a network address of its own open no socket to this machine.
  await page.goto(`${url}/robots.txt`)
  await page.addScriptTag({ url: '/sdk-page/sdk.js', type: 'module' })
  await page.getByText('Ready').waitFor()
}

/** Returns the scripts of the page by their names. */
async function bundleSdk(): Promise<Map<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    base: '/sdk-page/',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(import.meta.dirname, 'sdk-client.ts'),
        output: { entryFileNames: 'sdk.js', chunkFileNames: '[name].js' }
      }
    }
  })
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : []
  return new Map(
    outputs.flatMap(({ output }) =>
      output.flatMap(file => (file.type === 'chunk' ? ([[file.fileName, file.code]] as const) : []))
    )
  )
}
