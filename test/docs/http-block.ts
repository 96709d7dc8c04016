import { fillNames, findMismatch, readPattern, type Names } from './pattern.ts'

/**
 * Sends the request of an `http` block. Returns how the server's answer differs from that of the block, or null when it
 * matches.
 */
export async function sendRequest(text: string, url: string, names: Names): Promise<string | null> {
  const [request = '', answer = ''] = text.split(/\n+(?=HTTP\/1\.1 )/)
  const [head = '', ...parts] = fillNames(request, names).split('\n\n')
  const [line = '', ...headerLines] = head.split('\n')
  const [method = '', path = ''] = line.split(' ')
  const headers = Object.fromEntries(headerLines.map(header => header.split(': ', 2)))
  // The lines of a multipart body end with CRLF.
  const body = headers['Content-Type']?.startsWith('multipart/')
    ? parts.join('\n\n').replaceAll('\n', '\r\n')
    : parts.join('\n\n')
  const response = await fetch(url + path, { method, headers, redirect: 'manual', ...(body && { body }) })
  const actualBody = await response.text()

  const [answerHead = '', expectedBody] = answer.split(/\n\n/)
  const [status = '', ...expectedHeaders] = answerHead.split('\n')
  if (!status.startsWith(`HTTP/1.1 ${response.status} `)) return `${line} answered ${response.status}: ${actualBody}`
  for (const header of expectedHeaders) {
    const [name = '', value] = header.split(': ', 2)
    const difference = findMismatch(value, response.headers.get(name), names)
    if (difference !== null) return `${line}: the header ${name} ${difference}`
  }
  if (expectedBody === undefined) return actualBody === '' ? null : `${line} answered a body: ${actualBody}`
  const difference = findMismatch(readPattern(expectedBody), JSON.parse(actualBody), names)
  return difference === null ? null : `${line}: ${difference}`
}
