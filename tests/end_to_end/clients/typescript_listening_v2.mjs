// The TypeScript client of the 2.x line, listening: see python_listening.py. Its arguments are a mode and a server as JSON.
import { packages } from './scenario.mjs';

const { Client, StreamableHTTPClientTransport } = packages('@modelcontextprotocol/client');

const [mode, { url, api_key }] = [process.argv[2], JSON.parse(process.argv[3])];
const versionNegotiation = { mode: mode === 'modern' ? { pin: '2026-07-28' } : mode };
const client = new Client({ name: 'listening', version: '2' }, { versionNegotiation });
client.setNotificationHandler('notifications/tools/list_changed', ({ method }) => console.log(method));
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { Authorization: `Bearer ${api_key}` } },
    fetch: async (where, options) => {
      const response = await fetch(where, options);
      if (options?.method === 'GET' && response.status === 200) console.log('open');
      return response;
    },
  }),
);
if (mode === 'modern') {
  await client.listen({ toolsListChanged: true });
  console.log('open');
}
