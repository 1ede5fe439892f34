// What somebody writes on the types that openapi-typescript made: reads, answers, and is told why not.
//
// client.ts ADDRESS KEY: one line of JSON of what came. `./schema` is what was generated; tsc holds this file to it.

import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

declare const process: { argv: string[] }
const [, , baseUrl, key] = process.argv
const client = createClient<paths>({ baseUrl: baseUrl!, headers: { Authorization: `Bearer ${key}` } })

const { data: page } = await client.GET('/api/v1/meetings', { params: { query: { limit: 10 } } })
const listed: components['schemas']['MeetingPage'] = page!
const { data: meeting } = await client.GET('/api/v1/meetings/{meeting_id}', {
  params: { path: { meeting_id: listed.items[0]!.id } }
})
const party = meeting!.parties.find(one => one.unit_name === 'Hemtjänsten Al')!
const answer = () => client.POST('/api/v1/meetings/{meeting_id}/parties/{party}/answer', {
  params: {
    path: { meeting_id: meeting!.id, party: party.ordinal },
    header: { 'Idempotency-Key': 'client-ts-1', 'If-Match': `"${meeting!.version}"` }
  },
  body: { answer: 'attends', names: [{ name: 'Anna Svensson' }] }
})
const [first, second] = [await answer(), await answer()]
const { error } = await client.GET('/api/v1/meetings/{meeting_id}', {
  params: { path: { meeting_id: '00000000-0000-0000-0000-000000000000' } }
})
const standing: components['schemas']['Standing'] = first.data!.parties.find(one => one.ordinal === party.ordinal)!.standing
console.log(JSON.stringify({
  listed: listed.items.length,
  start: new Date(meeting!.start).toISOString(),
  standing,
  same: JSON.stringify(first.data) === JSON.stringify(second.data),
  missing: error!.code
}))
