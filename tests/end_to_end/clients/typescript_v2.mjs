// The TypeScript client of the 2.x line, @modelcontextprotocol/client: both eras, and a probe that chooses.
import { main, notingFetch, packages } from './scenario.mjs';
import { main as steered } from './steered.mjs';

const { Client, StreamableHTTPClientTransport } = packages('@modelcontextprotocol/client');

const MODES = { legacy: 'legacy', auto: 'auto', modern: { pin: '2026-07-28' } };

async function connect(run, { url, api_key }, answers = []) {
  const headers = api_key ? { Authorization: `Bearer ${api_key}` } : {};
  const client = new Client(
    { name: run.name, version: '1' },
    { versionNegotiation: { mode: MODES[run.mode] } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, fetch: notingFetch(answers) }),
  );
  return client;
}

await (process.argv[2] === 'steered' ? steered : main)({
  connect,
  call: (client, parameters, options) => client.callTool(parameters, options),
  era: (client) => client.getNegotiatedProtocolVersion(),
});
