// node read.mjs MODULES LIBRARY FILE...
//
// What ical.js (which Thunderbird reads calendars with) or node-ical makes of each calendar: one line of JSON per file.
// MODULES is the folder that npm installed into.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, library, ...files] = process.argv.slice(2)
const load = createRequire(`${modules}/`)

function icalJs (text) {
  const ICAL = load('ical.js')
  const calendar = new ICAL.Component(ICAL.parse(text))
  const of = (component, name) => component.getFirstPropertyValue(name)
  const person = property => ({
    email: property.getFirstValue().replace(/^mailto:/, ''),
    ...Object.fromEntries(['cn', 'cutype', 'role', 'partstat', 'rsvp'].map(one => [one, property.getParameter(one)]))
  })
  return calendar.getAllSubcomponents('vevent').map(event => ({
    method: of(calendar, 'method'),
    uid: of(event, 'uid'),
    sequence: of(event, 'sequence'),
    stamp: of(event, 'dtstamp').toJSDate(),
    start: of(event, 'dtstart').toJSDate(),
    end: of(event, 'dtend').toJSDate(),
    summary: of(event, 'summary'),
    location: of(event, 'location'),
    description: of(event, 'description'),
    status: of(event, 'status'),
    organizer: event.getAllProperties('organizer').map(person),
    attendees: event.getAllProperties('attendee').map(person)
  }))
}

function nodeIcal (text) {
  const calendar = load('node-ical').sync.parseICS(text)
  const plain = value => value?.val ?? value
  const person = ({ params, val }) => ({
    email: val.replace(/^mailto:/, ''),
    ...Object.fromEntries(['CN', 'CUTYPE', 'ROLE', 'PARTSTAT', 'RSVP'].map(one => [one.toLowerCase(), params[one]]))
  })
  const people = value => [value ?? []].flat().map(person)
  return Object.values(calendar).filter(one => one.type === 'VEVENT').map(event => ({
    method: calendar.vcalendar?.method ?? event.method,
    uid: event.uid,
    sequence: Number(event.sequence),
    stamp: event.dtstamp,
    start: event.start,
    end: event.end,
    summary: plain(event.summary),
    location: plain(event.location),
    description: plain(event.description),
    status: event.status,
    organizer: people(event.organizer),
    attendees: people(event.attendee)
  }))
}

const read = { 'ical.js': icalJs, 'node-ical': nodeIcal }[library]
for (const file of files) console.log(JSON.stringify(read(readFileSync(file, 'utf8'))))
