import t from 'tap'
import { parseRecordsUrl } from '../../config/records-url.ts'

t.test('valid records URLs are parsed', async t => {
  const amazon = { home: 'dynamodb', region: 'eu-central-1', table: 'ambient', endpoint: undefined }
  const addresses = {
    'mongodb:': { home: 'mongodb' },
    'dynamodb://eu-central-1/ambient': amazon,
    'dynamodb://eu-central-1/Ambient_2.records-x': { ...amazon, table: 'Ambient_2.records-x' },
    'dynamodb://eu-central-1/ambient?endpoint=http://127.0.0.1:8000': { ...amazon, endpoint: 'http://127.0.0.1:8000' }
  }
  for (const [url, address] of Object.entries(addresses)) t.same(parseRecordsUrl(url), address, url)
})

t.test('parsing an invalid records URL returns null', async t => {
  const wrong = [
    '',
    'mongodb://host/db',
    'dynamodb:',
    'dynamodb://eu-central-1',
    'dynamodb://eu-central-1/',
    'dynamodb://eu-central-1/ab',
    'dynamodb://eu-central-1/a/b',
    'dynamodb://eu-central-1/a%20b',
    'dynamodb://key:secret@eu-central-1/ambient',
    'dynamodb://eu.central/ambient',
    'dynamodb://eu-central-1/ambient#x',
    'dynamodb://eu-central-1/ambient?region=x',
    'dynamodb://eu-central-1/ambient?endpoint=ftp://x',
    'dynamodb://eu-central-1/ambient?endpoint=http://key:secret@x'
  ]
  for (const url of wrong) t.equal(parseRecordsUrl(url), null, url)
})
