// The TypeScript client of the 2.x line, asked by tools in 2026-07-28. Its argument is a server as JSON.
import { callAll, CAPABILITIES, elicit, roots, sample } from './asked.mjs';
import { packages } from './scenario.mjs';

const { Client, StreamableHTTPClientTransport } = packages('@modelcontextprotocol/client');

const { url, api_key } = JSON.parse(process.argv[2]);
const client = new Client(
  { name: 'asked', version: '2' },
  { capabilities: CAPABILITIES, versionNegotiation: { mode: { pin: '2026-07-28' } } },
);
client.setRequestHandler('elicitation/create', elicit);
client.setRequestHandler('sampling/createMessage', sample);
client.setRequestHandler('roots/list', roots);
const headers = { Authorization: `Bearer ${api_key}` };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
await callAll(client);
