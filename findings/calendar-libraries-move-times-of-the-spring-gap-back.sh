#!/usr/bin/env bash
# A local time that does not exist, because clocks go forward, is read with the offset from before the gap: RFC 5545,
# section 3.3.5. An event every day at 2:30 in Berlin is at 3:30 on the day of the change. rrule 2.8.1 with `tzid` and
# ical.js 2.2.1 both put it at 1:30: an hour before anybody is told. luxon does as the RFC says.
#
# The process runs in UTC, since rrule shifts its answers by the zone of the process (its README says so).
# Observed with rrule 2.8.1, ical.js 2.2.1 and luxon 3.7.2 on Node.js 24:
#   rrule: 02:30, 01:30, 02:30
#   ical.js: 02:30, 01:30, 02:30
#   luxon: 02:30, 03:30, 02:30
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund rrule@2.8.1 ical.js@2.2.1 luxon@3.7.2

cat > probe.mjs << 'JS'
import rrule from 'rrule'
import ICAL from 'ical.js'
import { DateTime } from 'luxon'

const timeZone = 'Europe/Berlin'
const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' })
const print = (name, dates) => console.log(`${name}: ${dates.map(date => format.format(date)).join(', ')}`)

const dtstart = rrule.datetime(2026, 3, 28, 2, 30)
print('rrule', new rrule.RRule({ freq: rrule.RRule.DAILY, dtstart, tzid: timeZone, count: 3 }).all())

const calendar = new ICAL.Component(ICAL.parse(`BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260328T023000
RRULE:FREQ=DAILY;COUNT=3
END:VEVENT
END:VCALENDAR`))
ICAL.TimezoneService.register(calendar.getFirstSubcomponent('vtimezone'))
const starts = new ICAL.Event(calendar.getFirstSubcomponent('vevent')).iterator()
print('ical.js', Array.from({ length: 3 }, () => starts.next().toJSDate()))

const at = day => DateTime.fromObject({ year: 2026, month: 3, day, hour: 2, minute: 30 }, { zone: timeZone }).toJSDate()
print('luxon', [28, 29, 30].map(at))
JS

observed=$(TZ=UTC node probe.mjs)
echo "$observed"
[ "$observed" = 'rrule: 02:30, 01:30, 02:30
ical.js: 02:30, 01:30, 02:30
luxon: 02:30, 03:30, 02:30' ]
