import type { IncomingHttpHeaders } from 'node:http'
import { cleanText } from '../../../contract/text.ts'

const maxLength = 160
/** Control characters and line separators. */
const notPrintable = /[\p{C}\u2028\u2029]+/gu

/** Returns the user agent, shortened for display; empty when there is none. */
export function deviceOf({ 'user-agent': userAgent = '' }: IncomingHttpHeaders): string {
  return cleanText(userAgent.replace(notPrintable, ' ').replace(/\s+/g, ' ')).slice(0, maxLength).trim()
}
