/** Reads the body of an answer as text. Throws when it is cut off, or longer than `maxBytes`. */
export async function readLimitedText(response: Response, maxBytes = 1_048_576): Promise<string> {
  const { body } = response
  if (!body) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop by an error cancels the body, which closes the connection.
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
