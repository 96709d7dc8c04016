import { resolve } from 'node:path'
import t from 'tap'
import { parseStorageUrl } from '../../config/storage-url.ts'

t.test('valid storage URLs are parsed', async t => {
  const amazon = { home: 's3', bucket: 'songs', prefix: '', endpoint: undefined, region: 'us-east-1', pathStyle: false }
  const addresses = {
    'file:///srv/a%20b': { home: 'folder', folder: '/srv/a b' },
    'file:/srv': { home: 'folder', folder: '/srv' },
    'file:songs': { home: 'folder', folder: resolve('songs') },
    'gridfs:': { home: 'gridfs' },
    's3://songs': amazon,
    's3://songs/': amazon,
    's3://songs/a/b.c/?region=eu-central-1': { ...amazon, prefix: 'a/b.c', region: 'eu-central-1' },
    's3://songs?pathStyle=on': { ...amazon, pathStyle: true },
    's3://songs/x?endpoint=https://s3.example.org:9000': {
      ...amazon,
      prefix: 'x',
      endpoint: 'https://s3.example.org:9000',
      pathStyle: true
    },
    's3://songs?endpoint=https%3A%2F%2Fexample.org%2Fs3&pathStyle=off': {
      ...amazon,
      endpoint: 'https://example.org/s3',
      pathStyle: false
    }
  }
  for (const [url, address] of Object.entries(addresses)) t.same(parseStorageUrl(url), address, url)
})

t.test('parsing an invalid storage URL returns null', async t => {
  const wrong = [
    '',
    '/srv',
    'folder',
    'file:',
    'file://elsewhere/srv',
    'gridfs:bucket',
    'gridfs',
    's3:',
    's3://',
    's3:///prefix',
    's3://B',
    's3://Bucket',
    's3://bu',
    's3://key:secret@bucket',
    's3://bucket:80',
    's3://bucket#x',
    's3://bucket/a//b',
    's3://bucket/../a?x',
    's3://bucket/a b',
    's3://bucket?endpoint=example.org',
    's3://bucket?endpoint=ftp://example.org',
    's3://bucket?endpoint=https://key:secret@example.org',
    's3://bucket?endpoint=https://example.org/?x=1',
    's3://bucket?pathStyle=maybe',
    's3://bucket?region=',
    's3://bucket?regoin=eu'
  ]
  for (const url of wrong) t.equal(parseStorageUrl(url), null, url)
})
