#!/usr/bin/env bash
# The name of a calendar is text: RFC 7986, section 5.1, defines NAME with the value type TEXT, in which a comma, a
# semicolon, a backslash and a line break are escaped (RFC 5545, section 3.3.11). Libraries do so with titles of events,
# but not with names of calendars: ical.js 2.2.1 and icalendar 7.3.2 of PyPI keep the backslashes of a name that they
# read, and write a name as it is, also through `calendar_name`, which icalendar offers for it. ical-generator 11.1.2
# writes it as it is, too. node-ical 0.27.2 reads it as the RFC says, so a name with a backslash that the others wrote
# becomes another one. Whichever way a server writes a name with a comma, it is wrong for some readers.
#
# Observed for the name `Music, talk` and for `Tom\Nina`:
#   reads NAME:Music\, talk as: node-ical "Music, talk", ical.js "Music\\, talk", icalendar "Music\\, talk"
#   writes Music, talk as: ical-generator NAME:Music, talk, ical.js NAME:Music, talk, icalendar NAME:Music, talk
#   reads its own Tom\Nina: node-ical from ical-generator "Tom\nina"
# Needs python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund ical.js@2.2.1 node-ical@0.27.2 ical-generator@11.1.2
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2

cat > names.mjs << 'JS'
import ICAL from 'ical.js'
import generate from 'ical-generator'
import nodeIcal from 'node-ical'

const title = 'Music, talk'
const calendar = name => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:probe\r\nNAME:${name}\r\nEND:VCALENDAR\r\n`
const nameLine = text => text.split(/\r?\n/).find(line => line.startsWith('NAME'))
const print = (...columns) => console.log(columns.join('\t'))

const escaped = calendar(String.raw`Music\, talk`)
print('read', 'node-ical', JSON.stringify(nodeIcal.sync.parseICS(escaped).vcalendar.name))
print('read', 'ical.js', JSON.stringify(new ICAL.Component(ICAL.parse(escaped)).getFirstPropertyValue('name')))

print('write', 'ical-generator', nameLine(generate({ name: title }).toString()))
const component = new ICAL.Component('vcalendar')
component.updatePropertyWithValue('name', title)
print('write', 'ical.js', nameLine(component.toString()))

const generated = generate({ name: String.raw`Tom\Nina` }).toString()
print('own', 'node-ical from ical-generator', JSON.stringify(nodeIcal.sync.parseICS(generated).vcalendar.name))
JS

cat > names.py << 'PYTHON'
import json

from icalendar import Calendar

lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:probe", "NAME:Music\\, talk", "END:VCALENDAR", ""]
print("read", "icalendar", json.dumps(str(Calendar.from_ical("\r\n".join(lines)).calendar_name)), sep="\t")
written = Calendar.new(name="Music, talk").to_ical().decode()
print("write", "icalendar", next(line for line in written.split("\r\n") if line.startswith("NAME")), sep="\t")
PYTHON

{ node names.mjs; env/bin/python names.py; } > columns
row() { grep "^$1" columns | cut -f 2- | tr '\t' ' ' | paste -s -d '|' | sed 's/|/, /g'; }
{
  echo "reads NAME:Music\\, talk as: $(row read)"
  echo "writes Music, talk as: $(row write)"
  echo "reads its own Tom\\Nina: $(row own)"
} | tee output
diff output - << 'TEXT'
reads NAME:Music\, talk as: node-ical "Music, talk", ical.js "Music\\, talk", icalendar "Music\\, talk"
writes Music, talk as: ical-generator NAME:Music, talk, ical.js NAME:Music, talk, icalendar NAME:Music, talk
reads its own Tom\Nina: node-ical from ical-generator "Tom\nina"
TEXT
