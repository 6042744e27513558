// The TypeScript client of the 1.x line, asked by tools. Its argument is a server as JSON.
import { callAll, CAPABILITIES, elicit, roots, sample } from './asked.mjs';
import { packages } from './scenario.mjs';

const { Client } = packages('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = packages('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } = packages(
  '@modelcontextprotocol/sdk/types.js',
);

const { url, api_key } = JSON.parse(process.argv[2]);
const client = new Client({ name: 'asked', version: '1' }, { capabilities: CAPABILITIES });
client.setRequestHandler(ElicitRequestSchema, elicit);
client.setRequestHandler(CreateMessageRequestSchema, sample);
client.setRequestHandler(ListRootsRequestSchema, roots);
const headers = { Authorization: `Bearer ${api_key}` };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
await callAll(client);
