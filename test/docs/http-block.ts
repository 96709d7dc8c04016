import { filled, mismatch, readPattern, type Names } from './pattern.ts'

/**
 * Does the request of an `http` block and answers how it was answered otherwise than the block says; null where it was
 * not.
 */
export async function tryRequest(text: string, url: string, names: Names): Promise<string | null> {
  const [request = '', answer = ''] = text.split(/\n+(?=HTTP\/1\.1 )/)
  const [head = '', ...parts] = filled(request, names).split('\n\n')
  const [line = '', ...headerLines] = head.split('\n')
  const [method = '', path = ''] = line.split(' ')
  const headers = Object.fromEntries(headerLines.map(header => header.split(': ', 2)))
  // The lines of a form end as those of a mail do.
  const body = headers['Content-Type']?.startsWith('multipart/')
    ? parts.join('\n\n').replaceAll('\n', '\r\n')
    : parts.join('\n\n')
  const response = await fetch(url + path, { method, headers, redirect: 'manual', ...(body && { body }) })
  const given = await response.text()

  const [answerHead = '', answerBody] = answer.split(/\n\n/)
  const [status = '', ...wantedHeaders] = answerHead.split('\n')
  if (!status.startsWith(`HTTP/1.1 ${response.status} `)) return `${line} answered ${response.status}: ${given}`
  for (const header of wantedHeaders) {
    const [name = '', value] = header.split(': ', 2)
    const fault = mismatch(value, response.headers.get(name), names)
    if (fault !== null) return `${line}: the header ${name} ${fault}`
  }
  if (answerBody === undefined) return given === '' ? null : `${line} answered a body: ${given}`
  const fault = mismatch(readPattern(answerBody), JSON.parse(given), names)
  return fault === null ? null : `${line}: ${fault}`
}
