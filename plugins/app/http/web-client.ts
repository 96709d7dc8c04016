import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyStaticOptions } from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'

const builtFolder = join(import.meta.dirname, '..', '..', '..', 'web', 'dist')
/** The HTML of its pages. Those that many visits begin with have their own, which names the scripts of the page. */
const pageFiles = { any: 'index.html', home: 'home.html', show: 'show.html', embed: 'embed.html' } as const
const notBuiltHint = 'The web client is not built here. Start the server with: npm start\n'
/** URLs of the API and of built files. An unknown one gets an error instead of the page. */
const nonPageUrl = /^\/(v1|docs|socket\.io|graphql|assets|healthz|readyz|metrics|\.well-known)(\/|$)/
/** Names of files, which browsers and crawlers ask for, such as /favicon.ico. No page has such a name. */
const fileUrl = /\.[a-z0-9]{1,8}$/i

/** The built web client. */
export interface WebClient {
  isBuilt: boolean
  /** Returns the HTML of the page of a show. Throws when it is not built. */
  readShowPage(): Promise<string>
  /** Returns the HTML of its page for frames on other websites. Throws when it is not built. */
  readEmbedPage(): Promise<string>
}

/** Finds the web client in the folder of its build. */
export function createWebClient(dist = builtFolder): WebClient {
  return {
    isBuilt: existsSync(join(dist, pageFiles.any)),
    readShowPage: async () => await readFile(join(dist, pageFiles.show), 'utf8'),
    readEmbedPage: async () => await readFile(join(dist, pageFiles.embed), 'utf8')
  }
}

/**
 * Serves the files of the web client, compressed by its build. Browsers keep those with a hash in their name for good.
 */
export function webClientFiles(dist = builtFolder): FastifyStaticOptions {
  return {
    root: dist,
    wildcard: false,
    preCompressed: true,
    // Pages have addresses without an extension.
    globIgnore: ['**/*.br', '**/*.gz', ...Object.values(pageFiles)],
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isAsset = path.includes(join(dist, 'assets'))
      reply.header('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache')
      // The embedded player has an origin of its own, so its script and style are from another one.
      if (isAsset) reply.header('access-control-allow-origin', '*')
    }
  }
}

/** Answers requests without a route: the web client's page for its own URLs, else NOT_FOUND. */
export async function answerWithoutRoute(
  { isBuilt }: WebClient,
  { url, method, headers }: FastifyRequest,
  reply: FastifyReply
): Promise<FastifyReply> {
  const path = url.split('?')[0] ?? '/'
  const wantsPage =
    (method === 'GET' || method === 'HEAD') &&
    !nonPageUrl.test(path) &&
    !fileUrl.test(path) &&
    /text\/html|\*\/\*/.test(headers.accept ?? '*/*')
  if (!wantsPage) throw new CodedError('NOT_FOUND', 'There is no such address.')
  return isBuilt
    ? await reply.header('cache-control', 'no-cache').sendFile(path === '/' ? pageFiles.home : pageFiles.any)
    : await reply.code(404).type('text/plain').send(notBuiltHint)
}
