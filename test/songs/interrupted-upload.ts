import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface InterruptedUpload {
  url: string
  token: string
  fileName: string
  file: Buffer
  /** How much of the file to send. */
  sentBytes: number
}

/** Sends the start of an upload and leaves the request open. Returns the socket. */
export async function startUpload({ url, token, fileName, file, sentBytes }: InterruptedUpload): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.on('error', () => {})
  const partHead = `--x\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\n\r\n`
  const partEnd = '\r\n--x--\r\n'
  socket.write(
    [
      'POST /v1/songs HTTP/1.1',
      'host: x',
      `authorization: Bearer ${token}`,
      'content-type: multipart/form-data; boundary=x',
      `content-length: ${partHead.length + file.length + partEnd.length}`,
      '',
      partHead
    ].join('\r\n')
  )
  await new Promise(resolve => socket.write(file.subarray(0, sentBytes), resolve))
  return socket
}
