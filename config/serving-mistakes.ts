import { announcedMistakes, linkMistakes } from './media-mistakes.ts'

/**
 * Reports settings at which clients or other nodes could not reach a server. A command that only uses the data serves
 * nobody, and needs none of them.
 */
export function servingMistakes(given: Readonly<Record<string, unknown>>): string[] {
  return [...announcedMistakes(given), ...linkMistakes(given), ...httpsMistakes(given)]
}

/** Reports links that a server of HTTPS would not answer. */
function httpsMistakes({ PUBLIC_URL, HTTPS_CERT }: Readonly<Record<string, unknown>>): string[] {
  if (HTTPS_CERT === undefined || typeof PUBLIC_URL !== 'string' || !/^http:/i.test(PUBLIC_URL)) return []
  return ['PUBLIC_URL must begin with https: the server speaks HTTPS only, because HTTPS_CERT is set']
}
